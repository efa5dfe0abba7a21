alter table users alter age set default 5;
