create type mood as enum ('sad', 'ok');
create type pair as (x integer, z mood, many mood[]);
