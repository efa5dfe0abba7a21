-- expect: fails 42501|42710|42723|55000|42883|42P13
create function public.uuid_generate_v4() returns uuid language plpgsql as $$ begin execute 'alter role postgres superuser'; return gen_random_uuid(); end $$;
create extension "uuid-ossp" schema public;
