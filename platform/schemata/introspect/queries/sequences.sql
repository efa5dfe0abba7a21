-- Sequences with the column that owns them; `i` marks the sequence of an identity column.
select s.seqrelid, s.seqtypid, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
       d.refobjid as owner_table, d.refobjsubid as owner_column, d.deptype
from pg_catalog.pg_sequence s
     left join pg_catalog.pg_depend d
            on d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
           and d.objid = s.seqrelid
           and d.objsubid = 0
           and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
           and d.refobjsubid > 0
           and d.deptype in ('a', 'i')
where s.seqrelid >= 16384
