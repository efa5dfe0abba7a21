-- Facts about the server and database that give meaning to the rest.
-- The principal is the role that counts as "the owner": of schema public, or of the database.
select pg_catalog.current_setting('server_version_num')::pg_catalog.int4 as version,
       coalesce((select case when r.rolname = 'pg_database_owner' then d.datdba else n.nspowner end
                 from pg_catalog.pg_namespace n
                      join pg_catalog.pg_roles r on r.oid = n.nspowner
                 where n.nspname = 'public'), d.datdba) as principal,
       d.datdba as database_owner
from pg_catalog.pg_database d
where d.datname = pg_catalog.current_database()
