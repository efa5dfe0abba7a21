create table t (a numeric(10,2), b timestamp(3), c bit(3), d varchar(5)[], e char(4), f interval day to second(2), g time(0) with time zone);
