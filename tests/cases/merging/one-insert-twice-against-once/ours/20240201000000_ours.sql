create table visits (at int);
insert into visits values (1);
