-- expect: fails 53200|54000
select jsonb_agg(repeat('x', 1000000)) from generate_series(1, 300);
