create table customers (id int primary key);
create table tags (id int primary key, name text);
create function shout(word text) returns text language sql as 'select upper(word)';
