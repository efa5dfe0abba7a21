-- expect: stopped deadline
create table t ();
lock table t in access exclusive mode;
select pg_sleep(3600);
