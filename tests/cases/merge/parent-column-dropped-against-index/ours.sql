alter table logs drop a;
