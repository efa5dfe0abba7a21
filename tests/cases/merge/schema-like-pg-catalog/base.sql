create schema "pg catalog"; create table "pg catalog".pg_class (oid int);
