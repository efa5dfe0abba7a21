-- expect: passes
-- Takes away what the role was granted, on this database and on shared objects.
create table t ();
drop owned by current_user cascade;
