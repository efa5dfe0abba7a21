-- expect: fails P0001 || stopped output|deadline || fails 53200
do $$ begin raise exception '%', repeat('x', 500000000); end $$;
