create domain email as text check (value ~ '@');
create domain zip as varchar(5);
create table t (e email, z zip);
