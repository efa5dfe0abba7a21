-- ALTER DATABASE ... SET and ALTER ROLE ... IN DATABASE ... SET: every later session starts with them.
select s.setdatabase as oid, 0::pg_catalog.oid as namespace,
       'in database' as name, nullif(s.setrole, 0) as owner, null::pg_catalog.text[] as privileges,
       array(select e.text
             from pg_catalog.unnest(s.setconfig) c (setting)
                  cross join lateral (values (1, pg_catalog.split_part(c.setting, '=', 1)),
                                             (2, pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1))) e (place, text)
             order by c.setting collate "C", e.place) as attributes,
       '' as token
from pg_catalog.pg_db_role_setting s
where s.setdatabase = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
order by s.setrole
