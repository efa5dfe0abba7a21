-- expect: fails 42501
create foreign data wrapper escape;
