-- expect: fails 42501
-- The extension's functions belong to the superuser.
create extension pgcrypto;
create or replace function public.gen_salt(text) returns text language sql as $$ select 'x' $$;
