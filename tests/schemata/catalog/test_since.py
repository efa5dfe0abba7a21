"""A clone is read by what changed since its template was read, and that is what reading it whole gives."""

from collections import Counter
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from schemata.catalog import Address, Kind
from schemata.introspect import Reading, read, read_since
from tests.schemata.catalog.conftest import INSTALLATIONS
from tests.schemata.catalog.since import SINCE, drawn, follow

STEPS = Path(__file__).parent / "steps"
NEWEST = pytest.mark.parametrize("server", [max(INSTALLATIONS)], indirect=True)
OLDEST = pytest.mark.parametrize("server", [min(INSTALLATIONS)], indirect=True)


@NEWEST
def test_whatever_is_done_reads_as_if_read_whole(fresh: psycopg.Connection) -> None:
    fresh.execute((STEPS / "before.sql").read_bytes())
    told: Counter[str] = Counter()
    follow(fresh, (STEPS / "steps.sql").read_text().splitlines()[1:], told)
    assert told["followed"] > 90
    assert told["read whole"] > 50
    assert told["refused"] < 20


@OLDEST
def test_drawn_schemas_read_as_if_read_whole(fresh: psycopg.Connection) -> None:
    told: Counter[str] = Counter()
    follow(fresh, drawn(11), told)
    assert told["followed"] > 20


def _after(connection: psycopg.Connection, before: Reading, statement: str) -> Reading | None:
    ((since,),) = connection.execute(SINCE).fetchall()
    connection.execute(statement.encode())
    return read_since(connection, before, since)


@NEWEST
def test_rows_that_were_frozen_are_still_new(fresh: psycopg.Connection) -> None:
    fresh.execute("create table t (a int)")
    before = read(fresh, large=0)
    ((since,),) = fresh.execute(SINCE).fetchall()
    fresh.execute("alter table t add column b int")
    fresh.execute("vacuum (freeze)")
    found = read_since(fresh, before, since)
    assert found is not None
    assert Address(Kind.COLUMN, "public", "b", "t") in found.catalog.objects


@NEWEST
def test_what_did_not_change_is_the_very_same_object(fresh: psycopg.Connection) -> None:
    fresh.execute("create table t (a int); create table u (a int)")
    before = read(fresh, large=0)
    after = _after(fresh, before, "alter table t add column b int")
    assert after is not None
    assert after.catalog.sharing(before.catalog) is after.catalog
    for at, found in before.catalog.objects.items():
        assert after.catalog.objects[at] is found


@NEWEST
@pytest.mark.parametrize(
    "statement",
    [
        "alter table t rename to renamed",
        "drop table t",
        "drop index by_a",
        "alter type mood rename value 'a' to 'z'",
        "create schema s",
        "create extension hstore",
        "alter function f() rename to g",
        "create function pg_catalog.lower(int) returns int language sql as 'select 1'",
    ],
)
def test_what_constants_or_deparsing_may_speak_of_is_read_whole(
    fresh: psycopg.Connection, statement: str
) -> None:
    fresh.execute(
        "create type mood as enum ('a'); create table t (a int); create index by_a on t (a);"
        "create function f() returns int language sql as 'select 1';"
        "create table speaks (m mood default 'a', l regclass[] default '{t,by_a}', p regproc[] default '{f}')"
    )
    if "hstore" in statement and "hstore" not in INSTALLATIONS[max(INSTALLATIONS)].extensions:
        pytest.skip("hstore is not installed")
    assert _after(fresh, read(fresh, large=0), statement) is None


@NEWEST
def test_small_schemas_are_always_read_whole(fresh: psycopg.Connection) -> None:
    fresh.execute("create table t (a int)")
    assert _after(fresh, read(fresh), "alter table t add column b int") is None


@NEWEST
def test_another_owner_of_the_database_is_read_whole(fresh: psycopg.Connection) -> None:
    fresh.execute("create table t (a int)")
    to = sql.SQL("alter database {} owner to app_reader").format(sql.Identifier(fresh.info.dbname))
    assert _after(fresh, read(fresh, large=0), to.as_string(fresh)) is None
