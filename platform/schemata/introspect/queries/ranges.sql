-- What a range type is made of. The operator class is named where it is not the subtype's default.
select r.rngtypid, r.rngsubtype, pg_catalog.format_type(r.rngsubtype, null) as subtype,
       case when not o.opcdefault then pg_catalog.format('%I.%I', n.nspname, o.opcname) end as operator_class,
       r.rngsubopc,
       case when r.rngcollation <> s.typcollation then r.rngcollation end as collation,
       nullif(r.rngcanonical::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text as canonical,
       r.rngcanonical::pg_catalog.oid as canonical_token,
       nullif(r.rngsubdiff::pg_catalog.oid, 0)::pg_catalog.regprocedure::pg_catalog.text as subtype_difference,
       r.rngsubdiff::pg_catalog.oid as difference_token,
       pg_catalog.format_type(r.rngmultitypid, null) as multirange, r.rngmultitypid
from pg_catalog.pg_range r
     join pg_catalog.pg_opclass o on o.oid = r.rngsubopc
     join pg_catalog.pg_namespace n on n.oid = o.opcnamespace
     join pg_catalog.pg_type s on s.oid = r.rngsubtype
where r.rngtypid >= 16384
