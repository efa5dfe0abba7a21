alter sequence one increment by 5 minvalue -10 maxvalue 1000 start 7 cache 3 cycle;
alter sequence two owned by t.id;
alter sequence two rename to deux;
drop sequence gone;
create sequence small as smallint;
alter sequence one set unlogged;
select nextval('one');
grant usage on sequence small to app_reader;
