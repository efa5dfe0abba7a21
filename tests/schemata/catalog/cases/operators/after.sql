create operator === (leftarg = point, rightarg = point, function = eq, commutator = ===);
create operator !!! (rightarg = text, function = eq1);
create operator family fam using btree;
create function cmp(text, text) returns int language sql immutable as 'select 0';
create operator class odd for type text using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 cmp(text, text);
create type pair as (a int, b int);
create function to_pair(int) returns pair language sql immutable as 'select $1, $1';
create cast (int as pair) with function to_pair(int) as assignment;
comment on cast (int as pair) is 'doubles';
