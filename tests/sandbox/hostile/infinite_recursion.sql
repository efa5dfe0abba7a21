-- expect: fails 54001
create function f(n int) returns int language plpgsql as $$ begin return f(n + 1); end $$;
select f(1);
