create type size as enum ('s', 'm');
create table customers (id int primary key, email text not null, name text, age int default 18);
create table orders (id int primary key, customer_id int references customers, total int not null, size size);
create index orders_customer on orders (customer_id);
