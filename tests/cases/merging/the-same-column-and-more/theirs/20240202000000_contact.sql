-- How to reach people.
alter table customers add column phone text;

-- Where they live.
alter table customers add column city text;
update customers set city = 'unknown' where city is null;
