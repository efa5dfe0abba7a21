create table tags (id int not null, a int primary key);
