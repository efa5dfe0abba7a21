-- expect: passes
create table "‮ <script>alert(1)</script> ' "" ; drop table x" ("$(id)" int, "a`b" text);
create schema "../../etc";
create function "'; drop database postgres; --"() returns int language sql as 'select 1';
