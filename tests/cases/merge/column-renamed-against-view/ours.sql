alter table users rename age to years;
