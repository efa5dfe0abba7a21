-- expect: fails 55000
begin;
create table t ();
prepare transaction 'stays';
