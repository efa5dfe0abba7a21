-- expect: fails 42501
select pg_stat_file('PG_VERSION');
