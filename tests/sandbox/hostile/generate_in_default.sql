-- expect: passes || stopped deadline|disk || fails 53100|53400
create function slow() returns int language plpgsql as $$ begin perform pg_sleep(0.5); return 1; end $$;
create table t (a int);
insert into t select 1 from generate_series(1, 3);
alter table t add column b int default slow();
