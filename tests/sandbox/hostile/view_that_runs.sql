-- expect: passes
-- Selecting from it would run as whoever selects; nobody of ours does.
create function public.spring() returns int language plpgsql as $$ begin execute 'alter role postgres superuser'; return 1; end $$;
create view public.trap as select public.spring() as n;
create materialized view public.kept as select 1 as n;
create table public.checked (n int check (public.spring() is not null), m int generated always as (1) stored);
