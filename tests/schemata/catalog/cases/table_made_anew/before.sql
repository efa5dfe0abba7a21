create table users (id serial primary key, email text not null, name varchar(100));
create index users_name on users (name);
grant select on users to app_reader;
