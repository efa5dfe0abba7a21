-- expect: passes || stopped deadline
do $$ begin for i in 1..5000 loop perform set_config('my.s' || i, repeat('x', 1000), false); end loop; end $$;
