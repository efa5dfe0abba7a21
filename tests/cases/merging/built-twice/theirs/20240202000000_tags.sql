-- CreateTable
create table tags (id int primary key, name text not null);

-- CreateIndex
create unique index tags_name on tags (name);

insert into tags values (1, 'new');

-- CreateTable
create table tagged (tag_id int references tags, order_id int references orders);
