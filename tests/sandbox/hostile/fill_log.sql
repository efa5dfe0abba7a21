-- expect: passes
-- Errors and warnings go to us, not to the server's log.
do $$ begin
    for i in 1..300 loop
        begin
            raise exception '%', repeat('x', 1000000);
        exception when others then null;
        end;
        raise log '%', repeat('x', 1000000);
    end loop;
end $$;
