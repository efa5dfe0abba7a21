create table t (a int, b text) with (fillfactor = 90);
create table u (a int primary key);
create unlogged table v (a int);
create table w (a int not null);
create unique index w_a on w (a);
