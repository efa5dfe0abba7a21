create table settings (team int);
create table teams (id int primary key);
