alter table t add primary key (a);
