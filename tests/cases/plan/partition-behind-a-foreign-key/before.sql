create table p (k integer primary key) partition by range (k);
create table t (k integer references p);
