-- expect: fails 42601|54001|53200
do $$ begin execute 'select ' || repeat('(', 1000000) || '1' || repeat(')', 1000000); end $$;
