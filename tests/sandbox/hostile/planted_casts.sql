-- expect: passes
create type public.trap as (a int);
create function public.spring(public.trap) returns text language plpgsql as $$ begin execute 'alter role postgres superuser'; return 'x'; end $$;
create cast (public.trap as text) with function public.spring(public.trap) as implicit;
create table t (a public.trap default row (1)::public.trap);
