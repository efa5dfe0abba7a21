-- expect: fails missing
create extension adminpack;
