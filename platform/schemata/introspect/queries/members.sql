-- What belongs to an extension: not an object of its own, but others may depend on it.
select d.classid, d.objid, d.refobjid as extension
from pg_catalog.pg_depend d
where d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  and d.deptype = 'e'
