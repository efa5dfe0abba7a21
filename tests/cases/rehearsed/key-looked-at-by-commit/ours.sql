create index by_f on t ((id + 1));
alter table t add n int default f(1);
