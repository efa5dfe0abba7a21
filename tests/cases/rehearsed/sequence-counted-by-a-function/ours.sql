alter table t add n int default next_one();
