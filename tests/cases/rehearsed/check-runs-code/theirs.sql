alter table t add m int;
