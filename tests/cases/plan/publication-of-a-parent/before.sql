create table a (id integer primary key);
create table b (extra text) inherits (a);
