-- Operator classes that indexes use: what they are called, and for which type they are the default.
select o.oid, o.opcname, o.opcnamespace, o.opcintype, o.opcdefault, o.opcmethod, a.amname
from pg_catalog.pg_opclass o
     join pg_catalog.pg_am a on a.oid = o.opcmethod
