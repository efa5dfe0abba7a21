alter table posts add t text;
