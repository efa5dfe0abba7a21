create function f() returns int language plpgsql as 'begin perform touch(); return 1; end';
