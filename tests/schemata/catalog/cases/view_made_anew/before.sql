create table t (a int, b text);
create view v as select a from t;
grant select on v to app_reader;
