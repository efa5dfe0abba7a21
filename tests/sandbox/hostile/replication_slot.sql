-- expect: fails 42501|55000
select pg_create_physical_replication_slot('s');
