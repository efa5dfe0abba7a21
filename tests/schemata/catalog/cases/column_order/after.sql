alter table t add b2 int;
update t set b2 = b;
alter table t drop b;
alter table t rename b2 to b;
