create view v as select oid from "pg catalog".pg_class;
