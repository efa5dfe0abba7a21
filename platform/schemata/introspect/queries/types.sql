-- Enums, domains, free-standing composite types, ranges and base types.
select t.oid, t.typname, t.typnamespace, t.typowner, t.typacl::pg_catalog.text[] as privileges,
       t.typtype, t.typrelid, t.typarray,
       t.typbasetype, t.typtypmod,
       case when t.typtype = 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) end as base_type,
       t.typnotnull,
       case when t.typtype = 'd' then pg_catalog.pg_get_expr(t.typdefaultbin, 0) end as "default",
       case when t.typtype = 'd' then pg_catalog.md5(t.typdefaultbin::pg_catalog.text) end as default_token,
       case when t.typcollation <> b.typcollation then t.typcollation end as collation
from pg_catalog.pg_type t
     left join pg_catalog.pg_class c on c.oid = t.typrelid
     left join pg_catalog.pg_type b on b.oid = t.typbasetype
where t.oid >= 16384
  and (t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c')
  and t.typnamespace not in (select n.oid from pg_catalog.pg_namespace n where n.nspname ~ '^pg_(temp|toast)')
  and t.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
