create table logs2 partition of logs for values from (10) to (20);
