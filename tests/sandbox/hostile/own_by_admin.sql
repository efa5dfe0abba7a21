-- expect: fails 42501
create table t ();
alter table t owner to braid;
