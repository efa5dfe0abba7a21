create table above (a integer default 1, b integer, c date);
create table heir (extra text) inherits (above);
alter table heir alter a set default 2, alter b set default 3, alter c set default now();
create table bare (extra text) inherits (above);
alter table bare alter a drop default;
create table renamed (id bigint);
create table below (id bigint, extra text) inherits (renamed);
