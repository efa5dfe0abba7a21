create table made (id integer);
alter default privileges grant select on tables to app_reader;
