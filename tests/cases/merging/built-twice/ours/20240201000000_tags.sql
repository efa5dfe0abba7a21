create table tags (id int primary key, name text not null);
create unique index tags_name on tags (name);
insert into tags values (1, 'new');
