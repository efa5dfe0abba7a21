-- expect: stopped deadline
select pg_sleep(3600);
