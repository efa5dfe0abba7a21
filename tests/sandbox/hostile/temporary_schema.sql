-- expect: passes
create temporary table pg_class (oid oid, relname name);
create temporary table pg_namespace (oid oid, nspname name);
set search_path = pg_temp, public;
