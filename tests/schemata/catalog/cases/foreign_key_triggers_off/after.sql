alter table b disable trigger all;
