alter table posts add z int;
