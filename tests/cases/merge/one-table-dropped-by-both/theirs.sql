drop table posts; alter table users add k int;
