create function z(a integer) returns integer language sql return f(a);
create view v as select f(a) as b from t;
create index ix on t (f(a));
alter table u add b integer generated always as (f(a)) stored;
alter table t add check (f(a) > 0);
create function f(integer, text default 'x') returns integer language sql immutable as 'select 2';
create view a_view as select f(a, 'y'::text) as b from t;
