alter table t add n int default f();
