-- Operators, named with their operand types.
select o.oid, o.oprnamespace,
       pg_catalog.format('%s(%s)', o.oprname, pg_catalog.concat_ws(', ',
         case when o.oprleft = 0 then 'none' else pg_catalog.format_type(o.oprleft, null) end,
         case when o.oprright = 0 then 'none' else pg_catalog.format_type(o.oprright, null) end)) as name,
       o.oprowner, null::pg_catalog.text[] as privileges,
       array['function', nullif(o.oprcode::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'result', case when o.oprresult <> 0 then pg_catalog.format_type(o.oprresult, null) end,
             'commutator', nullif(o.oprcom, 0)::pg_catalog.regoperator::pg_catalog.text,
             'negator', nullif(o.oprnegate, 0)::pg_catalog.regoperator::pg_catalog.text,
             'restrict', nullif(o.oprrest::pg_catalog.text, '-'), 'join', nullif(o.oprjoin::pg_catalog.text, '-'),
             'hashes', nullif(o.oprcanhash, false)::pg_catalog.text,
             'merges', nullif(o.oprcanmerge, false)::pg_catalog.text] as attributes,
       pg_catalog.concat_ws(' ', o.oprcode::pg_catalog.oid, o.oprresult, o.oprcom, o.oprnegate,
                            o.oprrest::pg_catalog.oid, o.oprjoin::pg_catalog.oid, o.oprcanhash, o.oprcanmerge) as token
from pg_catalog.pg_operator o
where o.oid >= 16384
  and o.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
