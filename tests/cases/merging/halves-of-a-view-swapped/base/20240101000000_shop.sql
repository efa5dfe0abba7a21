create table items (id int primary key, name text not null, price int);
create table sold (id int primary key);
create view left_over as select id from items;
