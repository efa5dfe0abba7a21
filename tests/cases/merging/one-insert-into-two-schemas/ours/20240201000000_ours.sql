create table notes (note text);
create table app.notes (note text);
set search_path = app, public;
insert into notes values ('a');
set search_path = public;
