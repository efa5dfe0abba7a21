create table t (a int, b int);
create view v as select 1 as x;
create type e as enum ('a');
create sequence s;
create function f() returns int language sql as 'select 1';
