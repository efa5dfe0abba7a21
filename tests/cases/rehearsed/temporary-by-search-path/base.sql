create table public.x (a int);
set search_path = pg_temp, public;
