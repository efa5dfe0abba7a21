-- expect: stopped deadline|disk || fails 53400|53100
with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r;
