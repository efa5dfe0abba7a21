-- Constraints of tables and domains. Columns that only later servers have fall back to the values of `absent`.
select k.*
from (values (true, false)) as absent (conenforced, conperiod)
     cross join lateral (
       select c.oid, c.conname, c.contype, c.conrelid, c.contypid, c.conindid, c.conparentid,
              c.confrelid, c.confupdtype, c.confdeltype, c.confmatchtype,
              c.conkey, c.confkey, c.confdelsetcols,
              c.condeferrable, c.condeferred, c.convalidated, conenforced, conperiod,
              c.connoinherit, c.conislocal, c.coninhcount,
              case c.contype when 'c' then pg_catalog.pg_get_expr(c.conbin, c.conrelid)
                             when 'x' then pg_catalog.pg_get_constraintdef(c.oid) end as definition
       from pg_catalog.pg_constraint c
       where c.oid >= 16384
         and c.contype <> 't'
         -- A NOT NULL of Postgres 18 that says no more than the column's attnotnull does.
         and not (c.contype = 'n'
                  and c.convalidated
                  and not c.connoinherit
                  and c.conname ~ '_not_null[0-9]*$'
                  and c.oid not in (select d.objoid from pg_catalog.pg_description d
                                    where d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass))
     ) k
