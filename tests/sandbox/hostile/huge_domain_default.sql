-- expect: stopped catalog|deadline || fails 53200
do $$ begin execute format('create domain d as text default %L', repeat('x', 80000000)); end $$;
