alter default privileges grant select on tables to app_reader;
alter default privileges grant usage on sequences to app_writer;
create table kept (id integer);
