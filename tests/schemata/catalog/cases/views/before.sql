create table t (a int, b text);
create view v as select a from t;
create view w as select a, b from t where a > 0;
create view x as select 1 as one;
