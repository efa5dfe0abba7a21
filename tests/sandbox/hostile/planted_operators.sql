-- expect: passes
create function public.same(varchar, varchar) returns boolean language plpgsql as $$ begin execute 'alter role postgres superuser'; return true; end $$;
create operator public.= (leftarg = varchar, rightarg = varchar, function = public.same);
create function public.same_name(name, text) returns boolean language plpgsql as $$ begin execute 'alter role postgres superuser'; return true; end $$;
create operator public.= (leftarg = name, rightarg = text, function = public.same_name);
create function public.same_oid(oid, oid) returns boolean language plpgsql as $$ begin execute 'alter role postgres superuser'; return true; end $$;
create operator public.= (leftarg = oid, rightarg = oid, function = public.same_oid);
