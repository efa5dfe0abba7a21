-- expect: fails 57014
select pg_cancel_backend(pg_backend_pid()), pg_sleep(5);
