create table t (a integer, b text, c text);
grant select, update on t to app_reader;
grant select (a), insert (b) on t to app_reader;
grant update (c) on t to app_reader with grant option;
create table u (a integer);
grant select on u to app_writer with grant option;
grant select (a) on u to app_writer with grant option;
