-- Event triggers.
select e.oid, e.evtname, e.evtowner, e.evtevent, e.evtfoid, p.proname, p.pronamespace, e.evttags, e.evtenabled
from pg_catalog.pg_event_trigger e
     join pg_catalog.pg_proc p on p.oid = e.evtfoid
where e.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
