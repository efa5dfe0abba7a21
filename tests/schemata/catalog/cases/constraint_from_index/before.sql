create table a (id int not null, x int);
create unique index a_id on a (id);
