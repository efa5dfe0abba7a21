-- expect: stopped catalog|deadline || fails 53200
do $$ begin execute format('create aggregate big(text) (sfunc = textcat, stype = text, initcond = %L)', repeat('x', 80000000)); end $$;
