create type role as enum ('user', 'admin', 'guest');
create table t (id int primary key, r role not null default 'user');
create index on t (r);
