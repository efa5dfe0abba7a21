create schema s;
create table t (id serial, n integer generated always as identity);
