CREATE TABLE "Owner" ("id" int PRIMARY KEY, "name" text NOT NULL);
CREATE VIEW "owner_names" AS SELECT "id"::bigint, "name" AS full_name FROM "Owner";
CREATE MATERIALIZED VIEW "Totals" AS SELECT count(*), sum(id) FROM "Owner";
CREATE INDEX totals_count ON "Totals"(count);
CREATE MATERIALIZED VIEW "Undeclared" AS SELECT 1 AS one;
CREATE INDEX undeclared_one ON "Undeclared"(one);
