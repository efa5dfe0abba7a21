alter table customers add column zip text;
