create table tags (id int primary key);
create table tagged (tag_id int references tags);
