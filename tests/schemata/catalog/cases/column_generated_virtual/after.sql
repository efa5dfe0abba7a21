alter table t alter b set expression as (a * 3);
alter table t add c int generated always as (a) virtual;
