alter table "pg catalog".pg_class add b int;
