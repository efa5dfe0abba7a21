-- One row for each table and materialized view of the schemas: estimates alone, with all partitions and heirs.
-- rows is null where Postgres has never analysed one of them (before Postgres 14 that reads 0 with no pages).
WITH RECURSIVE family (root, member) AS (
    SELECT c.oid, c.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm')
      AND c.relpersistence <> 't'
      AND n.nspname = ANY (%(schemas)s)
      AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
      )
    UNION
    SELECT family.root, i.inhrelid
    FROM family
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = family.member
), measured AS MATERIALIZED (
    SELECT c.oid,
           CASE
               WHEN c.relkind IN ('p', 'f') THEN 0
               WHEN c.reltuples < 0 THEN NULL
               WHEN c.relpages = 0 AND pg_catalog.current_setting('server_version_num')::int < 140000 THEN NULL
               ELSE c.reltuples::bigint
           END AS rows,
           CASE WHEN c.relkind IN ('p', 'f') THEN 0 ELSE pg_catalog.pg_total_relation_size(c.oid) END AS bytes
    FROM pg_catalog.pg_class AS c
    WHERE c.oid IN (SELECT member FROM family)
)
SELECT n.nspname,
       c.relname,
       CASE WHEN pg_catalog.bool_or(m.rows IS NULL) THEN NULL ELSE pg_catalog.sum(m.rows)::bigint END,
       pg_catalog.sum(COALESCE(m.bytes, 0))::bigint,
       ARRAY(
           SELECT a.attname::text
           FROM pg_catalog.pg_attribute AS a
           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       ),
       pg_catalog.now()
FROM family
JOIN measured AS m ON m.oid = family.member
JOIN pg_catalog.pg_class AS c ON c.oid = family.root
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
GROUP BY n.nspname, c.relname, c.oid
ORDER BY n.nspname, c.relname;
