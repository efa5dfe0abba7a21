-- expect: passes || stopped output|deadline
select repeat('x', 1000000) from generate_series(1, 4000);
