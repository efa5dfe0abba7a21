-- Prisma recreates an enum from its own list.
alter type size rename to size_old;
create type size as enum ('s', 'm', 'xl');
alter table orders alter column size type size using size::text::size;
drop type size_old;
