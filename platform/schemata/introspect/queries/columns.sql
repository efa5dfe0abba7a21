-- Columns of tables, views and composite types, and index keys that have options or a target of their own.
-- A type is named here only where its name needs a modifier or is not the server's own.
-- Only what is generated speaks of columns: for other defaults Postgres need not learn what those are called.
select a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod,
       case when a.atttypmod >= 0 or a.atttypid >= 16384 or t.typrelid <> 0
            then pg_catalog.format_type(a.atttypid, a.atttypmod) end as type,
       a.attnotnull,
       a.attidentity, a.attgenerated,
       a.attcollation, t.typcollation,
       case when a.attstorage <> t.typstorage then a.attstorage end as storage,
       a.attcompression,
       nullif(a.attstattarget, -1) as target,
       case when pg_catalog.cardinality(a.attoptions) > 1 or not pg_catalog.starts_with(a.attoptions[1], 'pg_attver=')
            then a.attoptions end as options,
       a.attfdwoptions,
       a.attislocal, a.attinhcount,
       a.attacl::pg_catalog.text[] as privileges,
       d.oid as default_token,
       pg_catalog.pg_get_expr(d.adbin, case when a.attgenerated <> '' then d.adrelid else 0 end) as "default"
from pg_catalog.pg_class c
     join pg_catalog.pg_attribute a on a.attrelid = c.oid
     join pg_catalog.pg_type t on t.oid = a.atttypid
     left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.atthasdef
where c.oid >= 16384
  and (c.relkind in ('r', 'p', 'f', 'v', 'm', 'c')
       or c.relkind in ('i', 'I') and (a.attoptions is not null or a.attstattarget >= 0))
  and a.attnum > 0
  and not a.attisdropped
  and c.relnamespace not in (select n.oid from pg_catalog.pg_namespace n where n.nspname ~ '^pg_(temp|toast)')
  and c.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
