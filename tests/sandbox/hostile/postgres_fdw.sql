-- expect: fails missing
create extension postgres_fdw;
