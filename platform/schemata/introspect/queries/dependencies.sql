-- What stands on what, among objects that a team can have made.
-- Schemas are left out (an address has its schema), and so is what belongs together by itself.
select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid
from pg_catalog.pg_depend d
where d.objid >= 16384
  and d.refobjid >= 16384
  and d.deptype in ('n', 'a')
  -- A default belongs to its column, a NOT NULL of Postgres 18 as well.
  and not (d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass and d.deptype = 'a')
  and not (d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
           and d.objid in (select c.oid from pg_catalog.pg_constraint c where c.contype = 'n'))
  and d.refclassid not in ('pg_catalog.pg_namespace'::pg_catalog.regclass,
                           'pg_catalog.pg_extension'::pg_catalog.regclass)
