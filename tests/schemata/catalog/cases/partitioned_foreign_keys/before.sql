create table parts (id int primary key) partition by range (id);
create table parts_1 partition of parts for values from (0) to (10);
create table parts_2 partition of parts for values from (10) to (20);
create table uses (part int) partition by range (part);
create table uses_1 partition of uses for values from (0) to (10);
