-- Operator classes.
select o.oid, o.opcnamespace, pg_catalog.format('%s USING %s', o.opcname, a.amname) as name, o.opcowner,
       null::pg_catalog.text[] as privileges,
       array['type', pg_catalog.format_type(o.opcintype, null),
             'default', nullif(o.opcdefault, false)::pg_catalog.text,
             'family', pg_catalog.format('%I.%I', n.nspname, f.opfname),
             'storage', case when o.opckeytype <> 0 then pg_catalog.format_type(o.opckeytype, null) end] as attributes,
       pg_catalog.concat_ws(' ', o.opcintype, o.opcdefault, o.opcfamily, o.opckeytype) as token
from pg_catalog.pg_opclass o
     join pg_catalog.pg_am a on a.oid = o.opcmethod
     join pg_catalog.pg_opfamily f on f.oid = o.opcfamily
     join pg_catalog.pg_namespace n on n.oid = f.opfnamespace
where o.oid >= 16384
  and o.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_opclass'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
