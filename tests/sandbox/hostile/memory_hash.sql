-- expect: fails 53200|53400 || stopped disk|deadline
set work_mem = '2000MB';
set hash_mem_multiplier = 1000;
select count(*) from (
    select distinct repeat(md5(i::text), 30) from generate_series(1, 10000000) as i
) as d;
