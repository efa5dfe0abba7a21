-- expect: fails 42501
alter default privileges for role braid grant all on tables to postgres;
