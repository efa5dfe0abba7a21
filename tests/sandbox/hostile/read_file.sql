-- expect: fails 42501
select pg_read_file('/etc/passwd');
