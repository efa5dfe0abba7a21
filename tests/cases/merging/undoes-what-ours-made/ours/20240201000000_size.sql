create index orders_size on orders (size);
