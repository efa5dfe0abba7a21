-- expect: fails 42501
create table t (line text);
copy t from program 'cat /etc/passwd';
