alter table "Ünïcode 🐘"."ta'b""le
with lines" rename to "b'""c";
alter table "Ünïcode 🐘"."b'""c" rename "co""l" to "d""e,f";
create index "i""x (a), b" on "Ünïcode 🐘"."b'""c" ("a.b", ("select" || ', "x"'), "%s {0}");
alter type public."text" rename value 'a''b' to '-- drop';
create table "Table" ("Column" public."text" default 'c"d', check ("Column" <> 'c"d'));
create function "f (int)"("arg, 1" int) returns int language sql as 'select 1';
create function f("text") returns int language sql as 'select 1';
create view "v;drop" as select "d""e,f", "a.b" from "Ünïcode 🐘"."b'""c";
alter schema "p_cat""alog" rename to "--";
