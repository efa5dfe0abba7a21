create table t (a int, b int);
create domain d as int;
create function f() returns trigger language plpgsql as 'begin return new; end';
