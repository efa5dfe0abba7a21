alter default privileges in schema public grant usage on sequences to app_writer;
create table kept (id integer);
