-- expect: stopped deadline || fails 0A000|53200|22000|XX000
select count(*) from xmltable(
    '//a[count(//a[count(//a) > 1]) > 1]'
    passing (('<r>' || repeat('<a/>', 5000) || '</r>')::xml)
    columns n int path 'count(//a[count(//a) > 0])');
