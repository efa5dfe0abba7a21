alter table customers alter column age set default 12;
