create type mood as enum ('sad', 'ok');
create table p (k integer, a mood) partition by range (k);
create table p1 partition of p (a default 'ok') for values from (0) to (10);
create table above (m mood default 'ok');
create table heir (extra text) inherits (above);
alter table heir alter m set default 'sad';
create table bare (extra text) inherits (above);
alter table bare alter m drop default;
