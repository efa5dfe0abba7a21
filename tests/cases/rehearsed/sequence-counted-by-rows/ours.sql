alter table t add n int default nextval('s');
