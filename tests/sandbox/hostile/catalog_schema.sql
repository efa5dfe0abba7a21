-- expect: fails 42939
create schema pg_braid;
