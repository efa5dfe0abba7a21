drop table users;
create table users (id serial primary key, email text not null, name varchar(100));
create index users_name on users (name);
