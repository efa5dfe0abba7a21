-- expect: stopped catalog|deadline || fails 53200
create table t (a text);
do $$ begin execute format('create policy p on t using (a = %L)', repeat('x', 80000000)); end $$;
