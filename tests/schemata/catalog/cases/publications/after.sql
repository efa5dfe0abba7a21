alter publication one set table t (a) where (a > 5), app.u;
alter publication two set (publish = 'insert, delete', publish_via_partition_root = true);
create publication three for tables in schema app;
comment on publication three is 'all of app';
