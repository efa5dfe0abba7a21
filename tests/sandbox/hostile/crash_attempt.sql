-- expect: fails 53200|54000|22003|22023|54001|54023 || stopped crash
select array_fill(0, array[2147483647, 2147483647]);
