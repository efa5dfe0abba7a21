-- Schemas of publications.
select s.pnpubid, s.pnnspid
from pg_catalog.pg_publication_namespace s
