alter table customers add column city text;
create index customers_city on customers (city);
