-- expect: passes
create table t ();
drop owned by postgres cascade;
create schema if not exists again;
