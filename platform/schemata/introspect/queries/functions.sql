-- Functions and procedures. `signature` are the types of the input arguments.
select p.oid, p.proname, p.pronamespace, p.proowner, p.proacl::pg_catalog.text[] as privileges, p.prokind,
       array(select pg_catalog.format_type(a.type, null)
             from pg_catalog.unnest(p.proargtypes) with ordinality a (type, place) order by a.place) as signature,
       pg_catalog.pg_get_function_arguments(p.oid) as arguments,
       pg_catalog.concat_ws(' ', p.proargtypes, p.proallargtypes, p.proargmodes, p.proargnames, p.provariadic,
                            pg_catalog.md5(p.proargdefaults::pg_catalog.text)) as arguments_token,
       coalesce(pg_catalog.pg_get_function_result(p.oid), '') as result,
       p.prorettype as result_token,
       l.lanname,
       coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) as body,
       coalesce(pg_catalog.md5(p.prosqlbody::pg_catalog.text), pg_catalog.md5(p.prosrc)) as body_token,
       p.prosqlbody is not null as parsed,
       p.provolatile, p.proisstrict, p.prosecdef, p.proleakproof, p.proparallel, p.procost, p.prorows,
       p.proconfig,
       nullif(p.prosupport::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text as support,
       p.prosupport::pg_catalog.oid as support_token,
       array(select pg_catalog.format_type(t.type, null)
             from pg_catalog.unnest(p.protrftypes) with ordinality t (type, place) order by t.place) as transforms,
       p.probin
from pg_catalog.pg_proc p
     join pg_catalog.pg_language l on l.oid = p.prolang
where p.oid >= 16384
  and p.prokind <> 'a'
  and p.pronamespace not in (select n.oid from pg_catalog.pg_namespace n where n.nspname ~ '^pg_(temp|toast)')
  and p.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
  -- The constructors of range types come and go with their type.
  and p.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
                      and d.refobjid >= 16384
                      and d.deptype = 'i')
