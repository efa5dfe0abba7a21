create function z_last() returns integer language sql as 'select 2';
create or replace function a_first() returns integer language sql as 'select z_last()';
create function added(t integer) returns bigint language sql as 'with n as (select a as k from t) select sum(k + t) from n';
drop function rows_of();
alter table u add b text;
drop procedure tidy;
drop table t cascade;
