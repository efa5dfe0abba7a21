drop view everybody;
alter table people add column age int;
create view everybody as select * from people;
