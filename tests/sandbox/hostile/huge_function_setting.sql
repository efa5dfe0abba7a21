-- expect: stopped catalog|deadline || fails 53200|22023
do $$ begin execute format('create function f() returns int language sql set my.x = %L as ''select 1''', repeat('x', 80000000)); end $$;
