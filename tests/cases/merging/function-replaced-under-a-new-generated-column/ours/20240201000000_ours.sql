create or replace function taxed(amount int) returns int language sql immutable as 'select amount * 3';
