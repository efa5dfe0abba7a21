-- From euros to cents.
alter table orders alter column total type bigint using total * 100;
