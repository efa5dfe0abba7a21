-- expect: fails 53200|54000
select length(repeat('x', 1000000000) || repeat('y', 1000000000));
