-- Aggregates, with the options of CREATE AGGREGATE as pairs of name and value.
select p.oid, p.proname, p.pronamespace, p.proowner, p.proacl::pg_catalog.text[] as privileges,
       array(select pg_catalog.format_type(t.type, null)
             from pg_catalog.unnest(p.proargtypes) with ordinality t (type, place) order by t.place) as signature,
       pg_catalog.pg_get_function_arguments(p.oid) as arguments,
       pg_catalog.concat_ws(' ', p.proargtypes, p.proallargtypes, p.proargmodes, p.proargnames) as arguments_token,
       pg_catalog.pg_get_function_result(p.oid) as result,
       p.prorettype as result_token,
       array['sfunc', a.aggtransfn::pg_catalog.regprocedure::pg_catalog.text,
             'stype', pg_catalog.format_type(a.aggtranstype, null),
             'sspace', nullif(a.aggtransspace, 0)::pg_catalog.text,
             'finalfunc', nullif(a.aggfinalfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'finalfunc_extra', nullif(a.aggfinalextra, false)::pg_catalog.text,
             'finalfunc_modify', nullif(a.aggfinalmodify, 'r')::pg_catalog.text,
             'combinefunc', nullif(a.aggcombinefn::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'serialfunc', nullif(a.aggserialfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'deserialfunc', nullif(a.aggdeserialfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'initcond', a.agginitval,
             'msfunc', nullif(a.aggmtransfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'minvfunc', nullif(a.aggminvtransfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'mstype', case when a.aggmtranstype <> 0 then pg_catalog.format_type(a.aggmtranstype, null) end,
             'msspace', nullif(a.aggmtransspace, 0)::pg_catalog.text,
             'mfinalfunc', nullif(a.aggmfinalfn::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'mfinalfunc_extra', nullif(a.aggmfinalextra, false)::pg_catalog.text,
             'mfinalfunc_modify', nullif(a.aggmfinalmodify, 'r')::pg_catalog.text,
             'minitcond', a.aggminitval,
             'sortop', nullif(a.aggsortop, 0)::pg_catalog.regoperator::pg_catalog.text,
             'kind', nullif(a.aggkind, 'n')::pg_catalog.text,
             'directargs', nullif(a.aggnumdirectargs, 0)::pg_catalog.text,
             'parallel', nullif(p.proparallel, 'u')::pg_catalog.text] as attributes,
       pg_catalog.concat_ws(' ', a.aggtransfn::pg_catalog.oid, a.aggtranstype, a.aggtransspace,
             a.aggfinalfn::pg_catalog.oid, a.aggfinalextra, a.aggfinalmodify, a.aggcombinefn::pg_catalog.oid,
             a.aggserialfn::pg_catalog.oid, a.aggdeserialfn::pg_catalog.oid, a.agginitval,
             a.aggmtransfn::pg_catalog.oid, a.aggminvtransfn::pg_catalog.oid, a.aggmtranstype, a.aggmtransspace,
             a.aggmfinalfn::pg_catalog.oid, a.aggmfinalextra, a.aggmfinalmodify, a.aggminitval, a.aggsortop,
             p.proparallel) as attributes_token
from pg_catalog.pg_proc p
     join pg_catalog.pg_aggregate a on a.aggfnoid::pg_catalog.oid = p.oid
where p.oid >= 16384
  and p.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
