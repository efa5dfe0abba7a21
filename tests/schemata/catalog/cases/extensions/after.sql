create extension citext;
create schema ext;
create extension pg_trgm schema ext;
alter table t add mail citext;
create index on t using gin ((mail::text) ext.gin_trgm_ops);
