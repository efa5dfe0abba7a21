-- Base types made by CREATE TYPE (input = ...), and shells.
select t.oid, t.typnamespace, t.typname as name, t.typowner, t.typacl::pg_catalog.text[] as privileges,
       array['defined', nullif(t.typisdefined, true)::pg_catalog.text,
             'input', t.typinput::pg_catalog.text, 'output', t.typoutput::pg_catalog.text,
             'receive', nullif(t.typreceive::pg_catalog.text, '-'), 'send', nullif(t.typsend::pg_catalog.text, '-'),
             'typmod_in', nullif(t.typmodin::pg_catalog.text, '-'), 'typmod_out', nullif(t.typmodout::pg_catalog.text, '-'),
             'analyze', nullif(t.typanalyze::pg_catalog.text, '-'), 'subscript', nullif(t.typsubscript::pg_catalog.text, '-'),
             'internallength', t.typlen::pg_catalog.text, 'passedbyvalue', nullif(t.typbyval, false)::pg_catalog.text,
             'alignment', t.typalign::pg_catalog.text, 'storage', t.typstorage::pg_catalog.text,
             'category', t.typcategory::pg_catalog.text, 'preferred', nullif(t.typispreferred, false)::pg_catalog.text,
             'default', t.typdefault, 'delimiter', nullif(t.typdelim, ',')::pg_catalog.text,
             'element', case when t.typelem <> 0 then pg_catalog.format_type(t.typelem, null) end,
             'collatable', case when t.typcollation <> 0 then 'true' end] as attributes,
       '' as token
from pg_catalog.pg_type t
where t.oid >= 16384
  and t.typtype in ('b', 'p')
  and not exists (select from pg_catalog.pg_type e where e.typarray = t.oid)
  and t.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
