-- User mappings, without their options: those hold passwords, and only their owners may read them.
select m.umid as oid, 0::pg_catalog.oid as namespace,
       'on ' || m.srvname as name, m.umuser as owner, null::pg_catalog.text[] as privileges, array[]::pg_catalog.text[] as attributes, '' as token
from pg_catalog.pg_user_mappings m
order by m.umid
