create table notes (id int primary key, order_id int references orders);
