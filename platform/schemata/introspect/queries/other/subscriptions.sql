-- Subscriptions, without the connection string: it holds a password, and only superusers may read it.
select s.oid, 0::pg_catalog.oid as namespace, s.subname as name, s.subowner, null::pg_catalog.text[] as privileges,
       array['enabled', s.subenabled::pg_catalog.text, 'binary', s.subbinary::pg_catalog.text,
             'disable_on_error', s.subdisableonerr::pg_catalog.text,
             'streaming', s.substream::pg_catalog.text, 'two_phase', s.subtwophasestate::pg_catalog.text,
             'slot_name', s.subslotname, 'synchronous_commit', s.subsynccommit,
             'publications', pg_catalog.array_to_string(s.subpublications, ', ')] as attributes,
       '' as token
from pg_catalog.pg_subscription s
where s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
order by s.oid
