-- Collations. The provider's version of the collation data is the server's affair, not the schema's.
select k.*
from (values (null::pg_catalog.text, null::pg_catalog.text, null::pg_catalog.text))
       as absent (colliculocale, colllocale, collicurules)
     cross join lateral (
       select c.oid, c.collnamespace, c.collname as name, c.collowner, null::pg_catalog.text[] as privileges,
              array['provider', c.collprovider::pg_catalog.text,
                    'lc_collate', c.collcollate, 'lc_ctype', c.collctype,
                    'locale', coalesce(colliculocale, colllocale), 'rules', collicurules,
                    'deterministic', nullif(c.collisdeterministic, true)::pg_catalog.text,
                    'encoding', nullif(c.collencoding, -1)::pg_catalog.text] as attributes,
              '' as token
       from pg_catalog.pg_collation c
       where c.oid >= 16384
  and c.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_collation'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
     ) k
