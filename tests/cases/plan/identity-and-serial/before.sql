create table t (id serial primary key, n int not null generated always as identity (start 7 increment 3));
create view v as select id from t;
