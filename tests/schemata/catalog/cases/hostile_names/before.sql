create schema "p_cat""alog";
create schema "Ünïcode 🐘";
create table "Ünïcode 🐘"."ta'b""le
with lines" ("co""l" int primary key, "select" text, "a.b" text, "🐘🐘" text default '🐘''"$$', "%s {0}" int);
create type "text" as enum ('a''b', 'c"d', E'new\nline', '🐘');
create domain "int4" as pg_catalog.int4;
create table "pg_class" (oid int, relname "text", relkind public.int4);
create table "0123456789012345678901234567890123456789012345678901234567890123" (a int primary key);
