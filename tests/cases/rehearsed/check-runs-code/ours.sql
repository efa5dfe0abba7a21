alter table t validate constraint good;
