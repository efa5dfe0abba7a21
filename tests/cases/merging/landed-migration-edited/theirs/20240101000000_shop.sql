create table customers (id int primary key);
create table tags (id int primary key, name text not null default '', note text);
create function shout(word text) returns text language sql as 'SELECT  upper( word )';
