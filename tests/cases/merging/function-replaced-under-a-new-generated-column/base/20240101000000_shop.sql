create table items (id int primary key, name text not null, price int);
create function taxed(amount int) returns int language sql immutable as 'select amount * 2';
