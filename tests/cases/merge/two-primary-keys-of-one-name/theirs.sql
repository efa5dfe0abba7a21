alter table t add primary key (b);
