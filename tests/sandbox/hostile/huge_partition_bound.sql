-- expect: stopped catalog|deadline || fails 53200|54000
create table t (a text) partition by list (a);
do $$ begin execute format('create table p partition of t for values in (%L)', repeat('x', 80000000)); end $$;
