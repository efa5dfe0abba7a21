create function f() returns int language plpgsql as 'begin return (select max(age) from users); end';
