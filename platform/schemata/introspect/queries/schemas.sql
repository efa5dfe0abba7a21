-- Every schema, so that names resolve; `mine` are those a team can have made.
select n.oid, n.nspname, n.nspowner, n.nspacl::pg_catalog.text[] as privileges,
       (n.oid >= 16384 or n.nspname = 'public')
       and n.nspname !~ '^pg_(temp|toast)'
       and n.oid not in (select d.objid from pg_catalog.pg_depend d
                         where d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
                           and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                           and d.deptype = 'e') as mine
from pg_catalog.pg_namespace n
