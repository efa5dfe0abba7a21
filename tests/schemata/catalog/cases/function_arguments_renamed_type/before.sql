create type mood as enum ('a');
create function f(m mood, ms mood[] default array['a'::mood]) returns mood language plpgsql as 'begin return m; end';
create table t (m mood default 'a');
