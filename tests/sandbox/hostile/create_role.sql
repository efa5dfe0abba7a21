-- expect: fails 42501
create role helper superuser login;
