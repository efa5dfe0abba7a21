alter table users add years int;
