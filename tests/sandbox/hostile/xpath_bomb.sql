-- expect: stopped deadline || fails 0A000|53200|2200M|10608|22000|XX000
-- A parser that does not look at interrupts: the session ignores termination.
select xpath('//a[.//a[.//a[.//a[.//a[.//a]]]]]', ('<r>' || repeat('<a>', 200) || repeat('</a>', 200) || '</r>')::xml)
from generate_series(1, 1000000);
select count(*) from (
    select xpath(
        'count(//*[count(//*[count(//*[count(//*) > 0]) > 0]) > 0])',
        ('<r>' || repeat('<a/>', 3000) || '</r>')::xml)
) as deep;
