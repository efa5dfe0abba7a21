-- expect: stopped deadline
-- Catches its own cancellation, again and again.
do $$
begin
    loop
        begin
            loop perform 1; end loop;
        exception when query_canceled then null;
        end;
    end loop;
end $$;
