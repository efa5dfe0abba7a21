create table logs2 partition of logs for values from (5) to (20);
