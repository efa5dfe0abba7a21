create table tags(id int);
