-- needs: citext
create extension citext;
create table t (a int);
create index i on t (a);
create function f() returns int language sql as 'select 1';
