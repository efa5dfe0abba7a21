create table y (id int);
