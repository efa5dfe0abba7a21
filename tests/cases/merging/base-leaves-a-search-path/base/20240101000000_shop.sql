create schema app;
set search_path = app;
create table items (id int primary key, name text);
