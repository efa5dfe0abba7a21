-- expect: fails 57P01
select pg_terminate_backend(pg_backend_pid());
