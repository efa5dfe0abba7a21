-- Procedural languages.
select l.oid, 0::pg_catalog.oid as namespace, l.lanname as name, l.lanowner, l.lanacl::pg_catalog.text[] as privileges,
       array['trusted', l.lanpltrusted::pg_catalog.text,
             'handler', nullif(l.lanplcallfoid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'inline', nullif(l.laninline, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'validator', nullif(l.lanvalidator, 0)::pg_catalog.regprocedure::pg_catalog.text] as attributes,
       '' as token
from pg_catalog.pg_language l
where l.oid >= 16384
  and l.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_language'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
