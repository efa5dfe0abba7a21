-- Indexes; what each key is gets its name from the columns read elsewhere.
select i.indexrelid, i.indrelid, c.relname, c.relnamespace, c.relam, c.reloptions,
       i.indisunique, i.indnullsnotdistinct, i.indisvalid, i.indisclustered, i.indisreplident,
       i.indnkeyatts, i.indkey::pg_catalog.text, i.indcollation::pg_catalog.text,
       i.indclass::pg_catalog.text, i.indoption::pg_catalog.text,
       pg_catalog.pg_get_expr(i.indexprs, i.indrelid) as expressions,
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) as predicate
from pg_catalog.pg_index i
     join pg_catalog.pg_class c on c.oid = i.indexrelid
where i.indexrelid >= 16384
