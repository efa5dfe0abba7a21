CREATE TABLE "Owner" ("id" int PRIMARY KEY, "name" text NOT NULL);
CREATE VIEW "owner_names" AS SELECT "id"::bigint, "name" AS full_name FROM "Owner";
