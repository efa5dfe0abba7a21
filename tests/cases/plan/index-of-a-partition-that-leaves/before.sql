create table p (k integer not null, v text) partition by range (k);
create table p1 partition of p for values from (0) to (10);
create table q (k integer primary key) partition by range (k);
create table q1 partition of q for values from (0) to (10);
