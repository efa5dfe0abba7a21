BEGIN;
-- Left out: column public.customers.phone is there already.
alter table customers add column city text;
COMMIT;
