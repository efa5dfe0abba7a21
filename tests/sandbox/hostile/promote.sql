-- expect: fails 42501|55000
select pg_promote();
