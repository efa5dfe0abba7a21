create table b (id integer primary key, of_itself integer references b);
create table a (id integer references b, c integer primary key);
create table c (id integer references a);
create table d (id integer references a);
