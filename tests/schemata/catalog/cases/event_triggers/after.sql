create event trigger watch on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE') execute function f();
alter event trigger old disable;
comment on event trigger watch is 'watches';
