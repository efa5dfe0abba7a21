-- expect: passes
create schema braid;
create table braid.template (name name primary key, prefix text, lineage oid[], session text, used_at timestamptz);
insert into braid.template values ('postgres', 'x', '{1}', '{}', now());
create view public.pg_class as select 1 as oid, current_user::name as relname;
create view public.pg_database as select 'postgres'::name as datname;
