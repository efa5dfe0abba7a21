alter table t add d int;
