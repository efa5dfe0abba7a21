create table folders (id serial primary key, parent int references folders);
create table files (id int primary key, folder int references folders);
