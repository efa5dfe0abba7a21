create type mood as enum ('sad', 'ok');
create type pair as (x integer, z mood);
create domain d as mood;
create table t (p pair, m d);
