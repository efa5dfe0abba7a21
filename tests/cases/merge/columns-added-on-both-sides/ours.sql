alter table users add a int;
