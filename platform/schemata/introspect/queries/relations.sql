-- Tables, partitioned tables, foreign tables, views, materialized views, sequences.
select c.oid, c.relname, c.relnamespace, c.relowner, c.relkind, c.reltype, c.relpersistence,
       c.relacl::pg_catalog.text[] as privileges,
       c.reloptions, t.reloptions as toast_options,
       c.relrowsecurity, c.relforcerowsecurity, c.relreplident,
       case when c.relam not in (0, 2) then (select a.amname from pg_catalog.pg_am a where a.oid = c.relam) end as method,
       case when c.reloftype <> 0 then pg_catalog.format_type(c.reloftype, null) end as of_type, c.reloftype,
       case when c.relispartition then pg_catalog.pg_get_expr(c.relpartbound, c.oid) end as partition_bound,
       case when c.relispartition then pg_catalog.md5(c.relpartbound::pg_catalog.text) end as bound_token,
       case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as partition_key,
       case when c.relkind = 'p'
            then (select p.partattrs::pg_catalog.text || pg_catalog.md5(coalesce(p.partexprs::pg_catalog.text, ''))
                  from pg_catalog.pg_partitioned_table p where p.partrelid = c.oid) end as key_token
from pg_catalog.pg_class c
     left join pg_catalog.pg_class t on t.oid = c.reltoastrelid and t.reloptions is not null
where c.oid >= 16384
  and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
  and c.relnamespace not in (select n.oid from pg_catalog.pg_namespace n where n.nspname ~ '^pg_(temp|toast)')
  and c.oid not in (select d.objid from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                      and d.deptype = 'e')
