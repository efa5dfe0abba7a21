-- Text search dictionaries.
select t.oid, t.dictnamespace, t.dictname as name, t.dictowner, null::pg_catalog.text[] as privileges,
       array['template', pg_catalog.format('%I.%I', n.nspname, m.tmplname), 'options', t.dictinitoption] as attributes,
       t.dicttemplate::pg_catalog.text || coalesce(t.dictinitoption, '') as token
from pg_catalog.pg_ts_dict t
     join pg_catalog.pg_ts_template m on m.oid = t.dicttemplate
     join pg_catalog.pg_namespace n on n.oid = m.tmplnamespace
where t.oid >= 16384
  and t.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_ts_dict'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
