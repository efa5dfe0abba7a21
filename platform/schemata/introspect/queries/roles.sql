-- Names of roles, for owners, policies and user mappings.
select r.oid, r.rolname
from pg_catalog.pg_roles r
order by r.oid
