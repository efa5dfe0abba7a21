-- Text search configurations with the dictionaries of each token type.
select c.oid, c.cfgnamespace, c.cfgname as name, c.cfgowner, null::pg_catalog.text[] as privileges,
       array['parser', pg_catalog.format('%I.%I', n.nspname, p.prsname)]
       || array(select e.text
                from (select m.maptokentype,
                             pg_catalog.string_agg(m.mapdict::pg_catalog.regdictionary::pg_catalog.text, ', ' order by m.mapseqno) as dictionaries
                      from pg_catalog.pg_ts_config_map m
                      where m.mapcfg = c.oid
                      group by m.maptokentype) m
                     cross join lateral (values (1, 'token type ' || m.maptokentype::pg_catalog.text), (2, m.dictionaries)) e (place, text)
                order by m.maptokentype, e.place) as attributes,
       '' as token
from pg_catalog.pg_ts_config c
     join pg_catalog.pg_ts_parser p on p.oid = c.cfgparser
     join pg_catalog.pg_namespace n on n.oid = p.prsnamespace
where c.oid >= 16384
  and c.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_ts_config'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
