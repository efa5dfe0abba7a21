create view v as select id, email from users;
