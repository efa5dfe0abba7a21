-- expect: passes
alter default privileges grant all on tables to public;
alter default privileges grant execute on functions to public;
create table t ();
