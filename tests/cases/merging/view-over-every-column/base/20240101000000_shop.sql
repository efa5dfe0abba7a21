create table people (id int primary key);
create view everybody as select * from people;
