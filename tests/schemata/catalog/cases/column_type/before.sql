create table users (id serial primary key, email text not null, name varchar(100));
create index on users (email);
alter table users add check (email <> '');
