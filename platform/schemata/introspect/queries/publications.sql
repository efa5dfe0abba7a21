-- Publications.
select k.*
from (values ('n'::pg_catalog."char")) as absent (pubgencols)
     cross join lateral (
       select p.oid, p.pubname, p.pubowner, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
              p.pubviaroot, pubgencols::pg_catalog.text as generated_columns
       from pg_catalog.pg_publication p
     ) k
