alter table posts drop m; alter table users drop m; drop type mood; create type mood as enum ('sad', 'ok');
