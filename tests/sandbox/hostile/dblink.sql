-- expect: fails missing
create extension dblink;
