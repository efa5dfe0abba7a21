create table t (a integer);
create table u (a integer);
create function rows_of() returns setof u language sql as 'select * from t';
create procedure tidy() language sql as 'delete from t';
create function a_first() returns integer language sql as 'select 1';
