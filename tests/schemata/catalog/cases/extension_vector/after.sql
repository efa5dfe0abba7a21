create extension vector;
alter table t add v vector(3);
create index on t using hnsw (v vector_l2_ops) with (m = 8);
