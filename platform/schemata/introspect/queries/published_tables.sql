-- Tables of publications, with row filter and column list.
select r.oid, r.prpubid, r.prrelid, pg_catalog.pg_get_expr(r.prqual, r.prrelid) as filter,
       r.prattrs::pg_catalog.text as columns
from pg_catalog.pg_publication_rel r
