create type mood as enum ('sad', 'ok');
create table t (m mood);
create function show(m mood) returns text language sql immutable return m::text;
