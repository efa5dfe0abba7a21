drop view names; alter table users alter email type varchar(20);
