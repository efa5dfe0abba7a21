-- How SQL names the types that come with the server.
select t.oid, pg_catalog.format_type(t.oid, null) as name
from pg_catalog.pg_type t
where t.oid < 16384
  and t.typtype <> 'c'
  and t.typrelid = 0
