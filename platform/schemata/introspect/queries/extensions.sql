-- Installed extensions.
select e.oid, e.extname, e.extowner, e.extnamespace, e.extversion
from pg_catalog.pg_extension e
