-- Names of the collations that columns, indexes, domains and ranges use.
select c.oid, c.collname, c.collnamespace
from pg_catalog.pg_collation c
where c.oid in (select a.attcollation from pg_catalog.pg_attribute a where a.attrelid >= 16384
                union select t.typcollation from pg_catalog.pg_type t where t.oid >= 16384
                union select r.rngcollation from pg_catalog.pg_range r)
   or c.oid >= 16384
