-- Left out: column public.items.stock is there already.
-- Left out: column public.items.stock is so already.
alter table items add column size int;
