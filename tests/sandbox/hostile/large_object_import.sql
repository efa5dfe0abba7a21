-- expect: fails 42501
select lo_import('/etc/passwd');
