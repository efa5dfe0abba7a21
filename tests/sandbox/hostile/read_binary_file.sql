-- expect: fails 42501
select pg_read_binary_file('postgresql.auto.conf');
