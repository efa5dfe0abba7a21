-- expect: stopped catalog|deadline || fails 53200
do $$ begin execute format('create function f() returns text language sql as %L', 'select ''' || repeat('x', 80000000) || ''''); end $$;
