-- expect: stopped catalog|deadline || fails 53200
create table t (a text);
do $$ begin execute format('create index on t (a) where a = %L', repeat('x', 80000000)); end $$;
