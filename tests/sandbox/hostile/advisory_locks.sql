-- expect: fails 53200
do $$ begin for i in 1..10000000 loop perform pg_advisory_lock(i); end loop; end $$;
