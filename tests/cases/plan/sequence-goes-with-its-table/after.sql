alter table t set schema s;
