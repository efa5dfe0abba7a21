-- Encoding conversions.
select c.oid, c.connamespace, c.conname as name, c.conowner, null::pg_catalog.text[] as privileges,
       array['for', pg_catalog.pg_encoding_to_char(c.conforencoding), 'to', pg_catalog.pg_encoding_to_char(c.contoencoding),
             'function', c.conproc::pg_catalog.text, 'default', nullif(c.condefault, false)::pg_catalog.text] as attributes,
       pg_catalog.concat_ws(' ', c.conforencoding, c.contoencoding, c.conproc::pg_catalog.oid, c.condefault) as token
from pg_catalog.pg_conversion c
where c.oid >= 16384
  and c.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_conversion'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
