-- Comments on what a team can have made; the server's own objects have theirs too.
select d.classoid, d.objoid, d.objsubid, d.description
from pg_catalog.pg_description d
where d.objoid >= 16384
   or d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass and d.description <> 'standard public schema'
