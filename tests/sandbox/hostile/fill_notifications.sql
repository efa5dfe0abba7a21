-- expect: stopped disk|deadline || fails 53100 || passes
-- transaction: none
listen flood;
do $$ begin
    for i in 1..2000000 loop
        perform pg_notify('flood', repeat(md5(i::text), 240));
        if i % 1000 = 0 then commit; end if;
    end loop;
end $$;
