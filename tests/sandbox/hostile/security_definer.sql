-- expect: passes
create function public.raise_me() returns void language plpgsql security definer set search_path = public as
$$ begin execute 'alter role postgres superuser'; exception when insufficient_privilege then null; end $$;
select public.raise_me();
