-- expect: passes
create table before_rollback ();
rollback;
create table after_rollback ();
