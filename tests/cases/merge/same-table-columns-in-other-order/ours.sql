create table tags (id int, a int);
