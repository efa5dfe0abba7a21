-- How to reach people.
-- Left out: column public.customers.phone is there already.

-- Where they live.
alter table customers add column city text;
update customers set city = 'unknown' where city is null;
