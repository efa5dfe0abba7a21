create table archive (id int primary key, total int);
insert into archive select id, total from orders;
