create type mood as enum ('sad', 'ok', 'happy');
create table users (id int primary key, email text not null, age int default 3, m mood default 'ok');
create table posts (id int primary key, user_id int references users, title text, m mood);
create view names as select id, email from users;
create function touch() returns trigger language plpgsql as 'begin return new; end';
create function f(mood) returns int language sql as 'select 1';
