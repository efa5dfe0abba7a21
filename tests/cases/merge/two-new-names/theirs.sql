alter table users rename to persons;
