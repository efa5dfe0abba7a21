-- expect: stopped deadline|disk || fails 53400
select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 1000) c;
