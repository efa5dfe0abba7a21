alter table users drop age;
