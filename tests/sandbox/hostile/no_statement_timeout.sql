-- expect: stopped deadline
set statement_timeout = 0;
select pg_sleep(3600);
