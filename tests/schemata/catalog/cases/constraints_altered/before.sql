create table a (id int primary key, x int unique, y int);
create table b (id int, x int, y int, constraint fk foreign key (x) references a (id), constraint c check (x > 0) not valid, constraint f2 foreign key (y) references a (id) not valid);
