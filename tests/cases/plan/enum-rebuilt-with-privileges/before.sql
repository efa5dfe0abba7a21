create type mood as enum ('sad', 'ok');
grant usage on type mood to app_reader;
comment on type mood is 'how one is';
