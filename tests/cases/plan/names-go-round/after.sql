alter table a rename to d;
alter table b rename to a;
alter table d rename to b;
alter table b rename x to u;
alter table b rename y to x;
alter table b rename z to y;
alter table b rename u to z;
