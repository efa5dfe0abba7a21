create table kept (id serial);
