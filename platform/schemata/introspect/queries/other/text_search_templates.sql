-- Text search templates.
select t.oid, t.tmplnamespace, t.tmplname as name, 0::pg_catalog.oid as owner, null::pg_catalog.text[] as privileges,
       array['init', nullif(t.tmplinit::pg_catalog.text, '-'), 'lexize', t.tmpllexize::pg_catalog.text] as attributes,
       '' as token
from pg_catalog.pg_ts_template t
where t.oid >= 16384
  and t.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_ts_template'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
