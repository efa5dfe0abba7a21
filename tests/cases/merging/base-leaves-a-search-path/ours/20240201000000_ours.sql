alter table items add column price int;
