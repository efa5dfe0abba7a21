drop function show(mood);
alter table t alter m type text;
drop type mood;
create type mood as enum ('ok', 'fine');
alter table t alter m type mood using m::mood;
create function show(m mood) returns text language sql immutable return m::text;
