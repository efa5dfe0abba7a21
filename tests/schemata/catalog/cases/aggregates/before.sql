create function acc(int, int) returns int language sql immutable as 'select $1 + $2';
create aggregate total(int) (sfunc = acc, stype = int, initcond = '0');
