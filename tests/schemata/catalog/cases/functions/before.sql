create function add(a int, b int default 1) returns int language sql as 'select a + b';
create function add(a text) returns text language sql as 'select a';
create function gone() returns void language plpgsql as 'begin end';
create procedure work(inout x int) language plpgsql as 'begin x := 1; end';
create table t (a int);
