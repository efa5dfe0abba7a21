create table a (id int primary key, x int, y int, z text, unique (x, y));
create table b (id int, x int, y int);
