drop view names; alter table users alter email type varchar(10); create view names as select id, email from users;
