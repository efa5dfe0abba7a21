create table animals (id int, name text);
create table cats (lives int) inherits (animals);
create view named as select name from cats;
