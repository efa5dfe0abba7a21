alter default privileges grant select, update on tables to app_writer with grant option;
alter default privileges grant usage on sequences to app_writer;
