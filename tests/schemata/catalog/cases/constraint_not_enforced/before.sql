-- needs: 18
create table a (id int primary key);
create table b (a int constraint fk references a, x int constraint c check (x > 0));
