alter table users add constraint c check (age > 2);
