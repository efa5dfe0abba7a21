alter table items add column gross int generated always as (taxed(price)) stored;
