-- ALTER ... DEPENDS ON EXTENSION.
select d.objid as oid, 0::pg_catalog.oid as namespace,
       pg_catalog.format('%s %s ON %s', i.type, i.identity, e.extname) as name,
       0::pg_catalog.oid as owner, null::pg_catalog.text[] as privileges, array[]::pg_catalog.text[] as attributes, '' as token
from pg_catalog.pg_depend d
     join pg_catalog.pg_extension e on e.oid = d.refobjid
     cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) i
where d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  and d.deptype = 'x'
