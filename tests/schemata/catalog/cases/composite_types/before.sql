create type pair as (a int, b text);
create type old as (x int);
create table t (p pair);
