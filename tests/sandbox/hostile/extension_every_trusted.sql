-- expect: passes
create extension cube;
create extension earthdistance;
create extension hstore;
create extension intarray;
create extension ltree;
create extension pg_trgm;
create extension btree_gist;
create extension pg_stat_statements;
select earth_distance(ll_to_earth(0, 0), ll_to_earth(1, 1));
