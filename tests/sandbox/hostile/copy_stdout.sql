-- expect: passes
copy (select repeat('x', 1000) from generate_series(1, 20000)) to stdout;
