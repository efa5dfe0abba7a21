-- expect: stopped disk|deadline || fails 53100|53200
-- transaction: none
do $$ begin
    for i in 1..1000000 loop
        execute format('create table t%s (id serial primary key, a text unique)', i);
        if i % 200 = 0 then commit; end if;
    end loop;
end $$;
