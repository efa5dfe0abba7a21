alter table customers add column phone text;
alter table customers add column city text;
