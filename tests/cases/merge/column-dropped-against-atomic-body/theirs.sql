create function f() returns int begin atomic select max(age) from users; end;
