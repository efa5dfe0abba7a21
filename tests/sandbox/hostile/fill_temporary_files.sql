-- expect: fails 53400 || stopped disk
select count(*) from (
    select repeat(md5(i::text), 30) as filler from generate_series(1, 10000000) as i order by 1
) as sorted;
