create table logs (id int, a int) partition by range (id); create table logs1 partition of logs for values from (1) to (10);
