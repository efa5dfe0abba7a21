-- expect: fails 42501
select * from pg_ls_waldir();
