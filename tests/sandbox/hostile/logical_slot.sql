-- expect: fails 42501|55000
select pg_create_logical_replication_slot('s', 'test_decoding');
