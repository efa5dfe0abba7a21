"""Which statements may change rows."""

import pytest

from schemata.statements import changes_data, split

CHANGING = """
insert into t values (1)
update t set a = 1
delete from t
merge into t using s on t.a = s.a when matched then delete
copy t from stdin
truncate t
do $$ begin end $$
call p()
execute p
select f()
select setval('s', 5)
select * from v
select 1 + 1
select 1 union select f()
with gone as (delete from t returning *) select 1
select 1 into t2
create table t2 as select 1
create materialized view v as select 1
refresh materialized view v
explain analyze delete from t
alter table t alter a type int using f(a)
alter table t alter a type int using a + 1
alter table t alter a type int using (select 1)
alter table t alter a type bigint using b
alter table t alter a type text using lower(a)
alter table t alter a type int using case when a > 2 then 1 else 0 end
alter table t alter a type int using coalesce(a, 0)
alter table t alter a type mood using 'good'
alter table t alter a type text using a::varchar(2)::text
alter table t alter a type text using a::int::text
alter table t add b int generated always as (f(a)) stored
alter table t add b int default own.now()
set timezone = 'Europe/Paris'
set time zone local
reset all
alter table t add b int default f()
alter table t add b int default nextval('s')
alter sequence s restart
this is no statement
"""
KEEPING = """
create table t (a int default f())
create index i on t (lower(a))
create schema s create table t (a int)
create extension citext
create or replace function f() returns int language sql as 'delete from t returning 1'
create trigger x before insert on t execute function f()
alter table t add b int not null default 5
alter table t add b timestamptz default now(), add c uuid default gen_random_uuid()
alter table t add b int check (f(b) > 1) references u
alter table t alter a type text
alter table t alter a type mood using a::text::mood
alter table t alter a type mood using (a::pg_catalog.text::mood)
alter table t alter a type bigint using a
alter table t add b int generated always as (a + 1) stored
alter table t alter a set default f()
alter table t drop a, add constraint c check (f(a) > 1)
alter type mood add value 'new'
alter sequence s owned by t.a
drop table t
comment on table t is 'x'
begin
select 1
select pg_catalog.set_config('search_path', '', false)
set search_path = ''
set statement_timeout = 0
"""


@pytest.mark.parametrize("text", CHANGING.strip().splitlines())
def test_changing(text: str) -> None:
    assert changes_data(split(text)[0])


@pytest.mark.parametrize("text", KEEPING.strip().splitlines())
def test_keeping(text: str) -> None:
    assert not changes_data(split(text)[0])


def test_too_long_to_look_into() -> None:
    long = "alter table t add b int default /* " + "x" * 20_000 + "*/ 5"
    assert changes_data(split(long)[0])
