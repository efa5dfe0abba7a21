drop view everybody;
alter table people add column name text;
create view everybody as select * from people;
