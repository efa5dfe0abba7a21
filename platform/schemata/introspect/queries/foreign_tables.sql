-- Which server a foreign table is on, and its options.
select f.ftrelid, s.srvname, s.oid as server, f.ftoptions
from pg_catalog.pg_foreign_table f
     join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
