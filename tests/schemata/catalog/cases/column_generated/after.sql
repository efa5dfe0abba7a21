alter table t alter b drop expression;
alter table t add d int generated always as (a + c) stored;
