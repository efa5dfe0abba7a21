alter table users add c int;
