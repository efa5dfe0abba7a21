create sequence one;
create sequence two;
create sequence gone;
create table t (id int);
