create index customers_email on customers (email);
alter table customers add column verified bool not null default false;
