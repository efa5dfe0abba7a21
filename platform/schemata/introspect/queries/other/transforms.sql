-- Transforms between types and procedural languages.
select t.oid, 0::pg_catalog.oid as namespace,
       pg_catalog.format('FOR %s LANGUAGE %s', pg_catalog.format_type(t.trftype, null), l.lanname) as name,
       0::pg_catalog.oid as owner, null::pg_catalog.text[] as privileges,
       array['from_sql', nullif(t.trffromsql::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'to_sql', nullif(t.trftosql::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text] as attributes,
       '' as token
from pg_catalog.pg_transform t
     join pg_catalog.pg_language l on l.oid = t.trflang
where t.oid >= 16384
  and t.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_transform'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
