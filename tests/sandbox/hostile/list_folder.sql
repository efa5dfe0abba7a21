-- expect: fails 42501
select pg_ls_dir('/');
