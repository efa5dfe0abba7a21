-- expect: stopped disk|deadline || fails 53100
do $$ begin
    for i in 1..100000 loop
        perform lo_from_bytea(0, convert_to(repeat(md5(i::text), 100000), 'UTF8'));
    end loop;
end $$;
