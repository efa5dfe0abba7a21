alter table posts add n int; create index on posts (n);
