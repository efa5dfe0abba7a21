-- expect: passes
create table before_commit ();
commit;
create table after_commit ();
