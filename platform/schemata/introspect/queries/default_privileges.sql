-- ALTER DEFAULT PRIVILEGES: what objects made later will be granted.
select d.oid, d.defaclrole, d.defaclnamespace, d.defaclobjtype, d.defaclacl::pg_catalog.text[] as privileges
from pg_catalog.pg_default_acl d
