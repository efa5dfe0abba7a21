-- needs: 18
create table a (x int, y int, z int not null, w int not null);
create table b () inherits (a);
