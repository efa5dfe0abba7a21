alter table posts add n int;
