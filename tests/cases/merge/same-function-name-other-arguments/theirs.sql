create function f(text) returns int language sql as 'select 2';
