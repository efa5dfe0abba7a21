-- ALTER DEFAULT PRIVILEGES: what objects made later will be granted.
select d.oid, d.defaclnamespace,
       pg_catalog.format('%s of %s', case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences'
         when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas' else d.defaclobjtype::pg_catalog.text end,
         r.rolname) as name,
       d.defaclrole, null::pg_catalog.text[] as privileges,
       array['privileges', d.defaclacl::pg_catalog.text] as attributes, '' as token
from pg_catalog.pg_default_acl d
     join pg_catalog.pg_roles r on r.oid = d.defaclrole
