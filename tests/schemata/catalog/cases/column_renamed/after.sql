alter table users rename email to mail;
alter table users rename id to number;
