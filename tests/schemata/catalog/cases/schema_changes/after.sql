alter schema app rename to core;
drop schema old cascade;
create schema fresh;
comment on schema fresh is 'new';
grant usage on schema core to app_reader;
alter table core.t set schema fresh;
