alter table users add c text;
