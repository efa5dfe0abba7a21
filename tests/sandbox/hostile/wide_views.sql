-- expect: passes || stopped catalog|deadline|disk || fails 53200|53100
do $$ declare list text;
begin
    select string_agg('a' || i, ', ') into list from generate_series(1, 1500) i;
    execute 'create view v0 as select ' || (select string_agg(i || ' as a' || i, ', ') from generate_series(1, 1500) i);
    for i in 1..400 loop execute format('create view v%s as select %s from v%s', i, list, i - 1); end loop;
end $$;
