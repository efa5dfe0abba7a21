create table tags (a int, id int);
