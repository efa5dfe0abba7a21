create table a (x int, y text, z date);
create table b (x int);
create sequence c;
