-- expect: passes
select * from pg_stat_activity, pg_locks, pg_settings limit 100000;
