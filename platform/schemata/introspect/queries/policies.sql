-- Row security policies.
select p.oid, p.polname, p.polrelid, p.polcmd, p.polpermissive, p.polroles,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid) as "using",
       pg_catalog.md5(p.polqual::pg_catalog.text) as using_token,
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as "check",
       pg_catalog.md5(p.polwithcheck::pg_catalog.text) as check_token
from pg_catalog.pg_policy p
where p.oid >= 16384
