-- Foreign servers.
select s.oid, 0::pg_catalog.oid as namespace, s.srvname as name, s.srvowner, s.srvacl::pg_catalog.text[] as privileges,
       array['wrapper', w.fdwname, 'type', s.srvtype, 'version', s.srvversion]
       || array(select e.text
                from pg_catalog.pg_options_to_table(s.srvoptions) o
                     cross join lateral (values (1, 'option ' || o.option_name), (2, o.option_value)) e (place, text)
                order by o.option_name, e.place) as attributes,
       '' as token
from pg_catalog.pg_foreign_server s
     join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
where s.oid >= 16384
  and s.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_foreign_server'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
