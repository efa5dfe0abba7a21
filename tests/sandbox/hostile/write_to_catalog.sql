-- expect: fails 42501
update pg_catalog.pg_authid set rolsuper = true;
