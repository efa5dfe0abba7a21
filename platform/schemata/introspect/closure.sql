-- Objects and all that depends on them, each with the relation or type that it is part of.
-- One look-up in an index for each: a clone has no statistics to plan by.
with recursive touched (origin, id) as (
  select t.origin, t.id
  from rows from (pg_catalog.unnest(%(origins)s::pg_catalog.oid[]),
                  pg_catalog.unnest(%(oids)s::pg_catalog.oid[])) t (origin, id)
  union
  select d.classid, d.objid
  from touched t
       cross join lateral (select d.classid, d.objid
                           from pg_catalog.pg_depend d
                           where d.refclassid = t.origin and d.refobjid = t.id
                           union all
                           -- A composite type is not among what depends on its own relation.
                           select 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid, c.reltype
                           from pg_catalog.pg_class c
                           where t.origin = 'pg_catalog.pg_class'::pg_catalog.regclass
                             and c.oid = t.id
                             and c.relkind = 'c'
                           offset 0) d
)
select t.origin, t.id,
       case t.origin
       when 'pg_catalog.pg_class'::pg_catalog.regclass
       then coalesce((select i.indrelid from pg_catalog.pg_index i where i.indexrelid = t.id),
                     -- A table's TOAST table is part of it.
                     (select d.refobjid
                      from pg_catalog.pg_class c
                           join pg_catalog.pg_depend d
                             on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                            and d.objid = c.oid
                            and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                            and d.deptype = 'i'
                      where c.oid = t.id and c.relkind = 't'),
                     t.id)
       when 'pg_catalog.pg_constraint'::pg_catalog.regclass
       then (select k.conrelid from pg_catalog.pg_constraint k where k.oid = t.id)
       when 'pg_catalog.pg_attrdef'::pg_catalog.regclass
       then (select a.adrelid from pg_catalog.pg_attrdef a where a.oid = t.id)
       when 'pg_catalog.pg_trigger'::pg_catalog.regclass
       then (select g.tgrelid from pg_catalog.pg_trigger g where g.oid = t.id)
       when 'pg_catalog.pg_policy'::pg_catalog.regclass
       then (select p.polrelid from pg_catalog.pg_policy p where p.oid = t.id)
       when 'pg_catalog.pg_rewrite'::pg_catalog.regclass
       then (select r.ev_class from pg_catalog.pg_rewrite r where r.oid = t.id)
       end as relation,
       case t.origin
       when 'pg_catalog.pg_type'::pg_catalog.regclass then t.id
       when 'pg_catalog.pg_constraint'::pg_catalog.regclass
       then (select k.contypid from pg_catalog.pg_constraint k where k.oid = t.id)
       -- A composite type's attributes are those of a relation.
       when 'pg_catalog.pg_class'::pg_catalog.regclass
       then (select c.reltype from pg_catalog.pg_class c where c.oid = t.id and c.relkind = 'c')
       end as of_type
from touched t
