create function f() returns int language plpgsql as 'begin -- from posts
 return 1; end';
