create extension citext version '1.6';
create schema ext;
create extension pg_trgm schema ext version '1.6';
alter table t add mail citext;
create index on t using gin ((mail::text) ext.gin_trgm_ops);
