-- Casts.
select c.oid, 0::pg_catalog.oid as namespace,
       pg_catalog.format('(%s AS %s)', pg_catalog.format_type(c.castsource, null),
                         pg_catalog.format_type(c.casttarget, null)) as name,
       0::pg_catalog.oid as owner, null::pg_catalog.text[] as privileges,
       array['function', nullif(c.castfunc, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'context', c.castcontext::pg_catalog.text, 'method', c.castmethod::pg_catalog.text] as attributes,
       pg_catalog.concat_ws(' ', c.castfunc, c.castcontext, c.castmethod) as token
from pg_catalog.pg_cast c
where c.oid >= 16384
  -- The cast from a range type to its multirange comes and goes with the type.
  and c.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass and d.deptype = 'i')
  and c.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
