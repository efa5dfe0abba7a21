alter table users add b text default 'x';
