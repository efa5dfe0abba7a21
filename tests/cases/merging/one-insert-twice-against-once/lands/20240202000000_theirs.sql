-- Left out: table public.visits is there already.
-- Left out: the very same statement has run already.
insert into visits values (1);
