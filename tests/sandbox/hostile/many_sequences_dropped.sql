-- expect: stopped disk|deadline || fails 53200|53100
do $$ begin
    for i in 1..10000000 loop
        execute 'create sequence s';
        execute 'drop sequence s';
    end loop;
end $$;
