-- expect: fails 42501
select pg_reload_conf();
