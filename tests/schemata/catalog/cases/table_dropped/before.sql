create table users (id serial primary key, email text not null, name varchar(100));
create index on users (lower(email));
create view mails as select email from users;
