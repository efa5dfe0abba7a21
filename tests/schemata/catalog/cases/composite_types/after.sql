create type point3 as (x float8, y float8, z numeric(5,2), label text collate "C");
alter type old add attribute y int;
alter type old alter attribute x type bigint;
alter type old rename attribute x to z;
alter type pair rename to couple;
comment on column point3.x is 'left to right';
