-- Foreign data wrappers.
select w.oid, 0::pg_catalog.oid as namespace, w.fdwname as name, w.fdwowner, w.fdwacl::pg_catalog.text[] as privileges,
       array['handler', nullif(w.fdwhandler, 0)::pg_catalog.regprocedure::pg_catalog.text,
             'validator', nullif(w.fdwvalidator, 0)::pg_catalog.regprocedure::pg_catalog.text]
       || array(select e.text
                from pg_catalog.pg_options_to_table(w.fdwoptions) o
                     cross join lateral (values (1, 'option ' || o.option_name), (2, o.option_value)) e (place, text)
                order by o.option_name, e.place) as attributes,
       '' as token
from pg_catalog.pg_foreign_data_wrapper w
where w.oid >= 16384
  and w.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
