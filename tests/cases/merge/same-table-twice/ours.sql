create table tags (id serial primary key, a int); create index on tags (a);
