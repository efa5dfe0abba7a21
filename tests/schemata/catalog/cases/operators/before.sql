create function eq(point, point) returns bool language sql immutable as 'select true';
create function eq1(text) returns bool language sql immutable as 'select true';
