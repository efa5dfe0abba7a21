drop view v;
create view v as select b, a from t;
