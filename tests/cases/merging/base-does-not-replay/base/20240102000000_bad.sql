alter table b add column c int;
