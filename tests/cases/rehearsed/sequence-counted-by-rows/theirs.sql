alter table t add m int default nextval('s') check (m > 3);
