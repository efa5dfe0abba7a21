alter table t add m numbered check (m > 3);
