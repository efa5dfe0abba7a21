-- Rewritten, because column "email" does not exist.
CREATE INDEX customers_email ON public.customers USING btree (mail);
alter table customers add column verified bool not null default false;
