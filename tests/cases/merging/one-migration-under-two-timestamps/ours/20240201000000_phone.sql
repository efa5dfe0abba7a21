alter table customers add column phone text;
update customers set phone = '-';
