-- User mappings, without their options: those hold passwords, and only their owners may read them.
select m.umid as oid, 0::pg_catalog.oid as namespace,
       pg_catalog.format('%s SERVER %s', case when m.umuser = 0 then 'public' else m.usename end, m.srvname) as name,
       0::pg_catalog.oid as owner, null::pg_catalog.text[] as privileges, array[]::pg_catalog.text[] as attributes, '' as token
from pg_catalog.pg_user_mappings m
