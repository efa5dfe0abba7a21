-- expect: passes
-- What can be seen is opaque: this server is the project's own.
create table seen as
select datname::text as name from pg_database
union all select rolname from pg_roles
union all select coalesce(query, '') from pg_stat_activity;
do $$ begin
    if exists (select from seen where name ~ ('vic' || 'tim')) then raise exception 'another project is visible'; end if;
end $$;
