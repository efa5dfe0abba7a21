alter table users rename age to old;
