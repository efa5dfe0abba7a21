create type mood as enum ('sad', 'ok');
create table t (c mood default 'ok', d mood);
