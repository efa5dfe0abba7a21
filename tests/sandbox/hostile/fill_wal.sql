-- expect: fails 42501
select pg_logical_emit_message(false, 'x', repeat('x', 100000000)) from generate_series(1, 1000);
