alter table users alter age set not null;
