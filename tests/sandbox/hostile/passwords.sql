-- expect: fails 42501
select * from pg_authid;
