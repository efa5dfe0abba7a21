drop index if exists orders_size;
