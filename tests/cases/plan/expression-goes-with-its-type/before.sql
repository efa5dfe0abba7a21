create type mood as enum ('sad', 'ok');
create table t (a integer, c integer generated always as (a * 2) stored);
create table w (a integer, c integer generated always as (a * 2) stored);
create table heir () inherits (w);
