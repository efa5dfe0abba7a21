-- expect: passes || stopped catalog|deadline || fails 53200|54001
create view v0 as select 1 as a;
do $$ begin for i in 1..2000 loop execute format('create view v%s as select * from v%s', i, i - 1); end loop; end $$;
