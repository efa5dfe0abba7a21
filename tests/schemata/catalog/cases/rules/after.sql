create or replace rule one as on insert to t where new.a > 1 do also insert into log values (new.a + 1);
alter rule two on t rename to deux;
alter table t disable rule deux;
create rule three as on update to t do instead nothing;
comment on rule three on t is 'never';
