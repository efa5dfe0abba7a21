-- Triggers, and those internal ones (of foreign keys) that somebody disabled.
-- The definition is asked for only where a WHEN must be read from it.
select t.oid, t.tgname, t.tgrelid, t.tgparentid, t.tgisinternal, t.tgconstraint, t.tgconstrrelid,
       t.tgfoid, p.proname, p.pronamespace, t.tgtype, t.tgenabled, t.tgdeferrable, t.tginitdeferred,
       t.tgattr::pg_catalog.text as columns, t.tgargs, t.tgoldtable, t.tgnewtable,
       case when t.tgqual is not null then pg_catalog.pg_get_triggerdef(t.oid) end as definition,
       pg_catalog.md5(t.tgqual::pg_catalog.text) as when_token
from pg_catalog.pg_trigger t
     join pg_catalog.pg_proc p on p.oid = t.tgfoid
where t.oid >= 16384
  and (not t.tgisinternal or t.tgenabled <> 'O')
