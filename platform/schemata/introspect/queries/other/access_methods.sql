-- Access methods.
select a.oid, 0::pg_catalog.oid as namespace, a.amname as name, 0::pg_catalog.oid as owner,
       null::pg_catalog.text[] as privileges,
       array['type', a.amtype::pg_catalog.text, 'handler', a.amhandler::pg_catalog.text] as attributes, '' as token
from pg_catalog.pg_am a
where a.oid >= 16384
  and a.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_am'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
