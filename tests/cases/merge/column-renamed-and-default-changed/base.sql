create table users (id int primary key, email text, age int default 3);
create type mood as enum ('sad','ok');
create table posts (id int primary key, user_id int references users, m mood default 'ok');
create view names as select id, email from users;
