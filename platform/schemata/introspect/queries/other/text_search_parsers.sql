-- Text search parsers.
select t.oid, t.prsnamespace, t.prsname as name, 0::pg_catalog.oid as owner, null::pg_catalog.text[] as privileges,
       array['start', t.prsstart::pg_catalog.text, 'gettoken', t.prstoken::pg_catalog.text, 'end', t.prsend::pg_catalog.text,
             'lextypes', t.prslextype::pg_catalog.text, 'headline', nullif(t.prsheadline::pg_catalog.text, '-')] as attributes,
       '' as token
from pg_catalog.pg_ts_parser t
where t.oid >= 16384
  and t.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_ts_parser'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
