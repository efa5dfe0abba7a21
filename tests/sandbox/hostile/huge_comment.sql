-- expect: stopped catalog|deadline || fails 53200
create table t ();
do $$ begin execute format('comment on table t is %L', repeat('x', 80000000)); end $$;
