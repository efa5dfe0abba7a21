-- expect: fails 57014
create table t (line text);
copy t from stdin;
