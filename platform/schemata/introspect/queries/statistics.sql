-- Extended statistics.
select s.oid, s.stxname, s.stxnamespace, s.stxowner, s.stxrelid, s.stxkind::pg_catalog.text[] as kinds,
       s.stxkeys::pg_catalog.text as columns, nullif(s.stxstattarget, -1) as target,
       case when s.stxexprs is not null then pg_catalog.pg_get_statisticsobjdef_expressions(s.oid) end as expressions
from pg_catalog.pg_statistic_ext s
where s.oid >= 16384
