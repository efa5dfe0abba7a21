alter table t alter a set default 'y';
