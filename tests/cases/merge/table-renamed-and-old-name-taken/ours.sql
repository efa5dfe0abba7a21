alter table posts rename to articles; create table posts (id int);
