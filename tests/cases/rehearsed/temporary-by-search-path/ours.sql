create table x (a int);
