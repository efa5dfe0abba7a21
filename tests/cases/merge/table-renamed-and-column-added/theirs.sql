alter table users add nick text;
