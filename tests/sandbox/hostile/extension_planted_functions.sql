-- expect: passes
-- Extension scripts run as the superuser: nothing planted may be called by one.
create function public.cube_is_point(text) returns boolean language plpgsql as $$ begin execute 'alter role postgres superuser'; return true; end $$;
create function public.concat(text, text) returns text language plpgsql as $$ begin execute 'alter role postgres superuser'; return 'x'; end $$;
create extension if not exists citext;
create extension if not exists pgcrypto;
create extension if not exists "uuid-ossp";
