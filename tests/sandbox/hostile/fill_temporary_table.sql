-- expect: stopped disk|deadline || fails 53100|53400
create temporary table big as select repeat(md5(i::text), 50) as filler from generate_series(1, 10000000) as i;
