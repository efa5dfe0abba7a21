create table users (id serial primary key, email text not null, name varchar(100));
