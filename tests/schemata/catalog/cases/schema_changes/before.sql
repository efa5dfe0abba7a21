create schema app;
create schema old;
create table app.t (id int primary key);
create table old.x (id int);
create function app.f(int) returns int language sql as 'select 1';
