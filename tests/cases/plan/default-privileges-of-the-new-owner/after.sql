create table t (id serial, n integer generated always as identity);
alter table t owner to app_writer;
revoke grant option for select, update on t from app_writer;
create view v as select id from t;
alter view v owner to app_writer;
