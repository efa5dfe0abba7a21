create function f(integer, integer default 1) returns integer language sql immutable as 'select 1';
create table t (a integer);
create table u (a integer);
