-- expect: fails 53200 || stopped deadline
do $$ begin
    for i in 1..10000000 loop
        execute format('prepare p%s as select %L::text', i, repeat(md5(i::text), 3000));
    end loop;
end $$;
