-- Definitions of views and materialized views, with a digest of the stored query tree.
select c.oid, r.oid as rule, pg_catalog.pg_get_viewdef(c.oid) as definition, pg_catalog.md5(r.ev_action::pg_catalog.text) as token
from pg_catalog.pg_class c
     join pg_catalog.pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN'
where c.oid >= 16384
  and c.relkind in ('v', 'm')
  and c.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
