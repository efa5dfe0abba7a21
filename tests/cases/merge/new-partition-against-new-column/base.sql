create table logs (id int, a int) partition by range (id);
