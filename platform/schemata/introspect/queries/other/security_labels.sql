-- Security labels.
select l.objoid as oid, 0::pg_catalog.oid as namespace,
       pg_catalog.format('%s %s FOR %s', i.type, i.identity, l.provider) as name,
       0::pg_catalog.oid as owner, null::pg_catalog.text[] as privileges, array['label', l.label] as attributes, '' as token
from pg_catalog.pg_seclabel l
     cross join lateral pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) i
