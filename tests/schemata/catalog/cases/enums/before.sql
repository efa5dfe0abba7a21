create type mood as enum ('sad', 'ok', 'happy');
create type size as enum ('s', 'm');
create type gone as enum ('x');
create table t (m mood default 'ok', s size[]);
