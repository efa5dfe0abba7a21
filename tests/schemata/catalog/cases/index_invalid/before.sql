create table t (a int);
insert into t values (1), (1);
create table p (a int) partition by range (a);
create table p1 partition of p for values from (0) to (10);
