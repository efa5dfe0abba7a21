create index on users (email); create view mails as select email from users;
