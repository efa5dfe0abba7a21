-- expect: fails 53200|54000
select array_agg(repeat('x', 1000000) || i) from generate_series(1, 100000) as i;
