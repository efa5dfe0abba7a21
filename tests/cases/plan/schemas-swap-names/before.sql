create schema a;
create schema b;
create type a.mood as enum ('sad');
create table a.t (id serial primary key, m a.mood default 'sad', n integer generated always as identity);
create table b.t (id integer, u integer references a.t (id));
create view b.v as select id from a.t;
create function a.f() returns integer language sql as 'select 1';
comment on schema a is 'first';
