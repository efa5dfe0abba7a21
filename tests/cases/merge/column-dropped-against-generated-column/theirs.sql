alter table users add twice int generated always as (age * 2) stored;
