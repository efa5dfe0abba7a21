alter table tags add column name varchar(20);
