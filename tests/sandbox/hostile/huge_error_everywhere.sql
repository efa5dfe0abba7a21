-- expect: fails P0001 || stopped output|deadline || fails 53200
do $$ begin
    raise exception using message = repeat('m', 50000000), detail = repeat('d', 50000000), hint = repeat('h', 50000000);
end $$;
