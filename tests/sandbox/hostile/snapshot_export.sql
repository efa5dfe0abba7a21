-- expect: passes
begin isolation level repeatable read;
select pg_export_snapshot();
commit;
