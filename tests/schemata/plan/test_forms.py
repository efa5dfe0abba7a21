"""What a plan says besides SQL: which statements stand alone, what may be lost, which form is online."""

import psycopg
import pytest

from schemata.introspect import read_catalog
from schemata.plan import HazardKind, Plan, plan, way_back
from tests.schemata.catalog.conftest import (  # noqa: F401
    INSTALLATIONS,
    fresh,
    scratch,
    server,
    shared_database,
)

NEWEST = pytest.mark.parametrize("server", [max(INSTALLATIONS)], indirect=True)
TABLES = "create table a (id int, n int); create table b (a int, c text); create index old on b (c);"
KEYS = """
alter table a alter n set not null, add primary key (id), add constraint once unique (n);
alter table b add foreign key (a) references a, add constraint filled check (c <> '');
create index new on b (a); drop index old;
"""


def _plans(
    connection: psycopg.Connection, first: str, second: str, *, online: bool = False
) -> tuple[Plan, Plan]:
    with connection.transaction(force_rollback=True):
        connection.execute(first)
        before = read_catalog(connection)
        connection.execute(second)
        after = read_catalog(connection)
    return plan(before, after, same_origin=True, online=online), way_back(before, after, same_origin=True)


def _kinds(found: Plan) -> set[tuple[HazardKind, str]]:
    return {(each.kind, each.address.short) for statement in found.statements for each in statement.hazards}


@NEWEST
def test_online_plan_reaches_the_schema_outside_of_transactions(fresh: psycopg.Connection) -> None:  # noqa: F811
    there, _ = _plans(fresh, TABLES, KEYS, online=True)
    with fresh.transaction(force_rollback=True):
        fresh.execute(TABLES + KEYS)
        wanted = read_catalog(fresh)
    fresh.execute(TABLES)
    for statement in there.statements:
        fresh.execute(statement.sql.encode())
    assert read_catalog(fresh).hash == wanted.hash
    alone = [statement.sql.split()[:3] for statement in there.statements if statement.alone]
    assert sum("CONCURRENTLY" in " ".join(words) for words in alone) == 2
    assert HazardKind.LONG_LOCK not in {kind for kind, _ in _kinds(there)}


@NEWEST
@pytest.mark.parametrize(
    ("first", "second", "rewritten"),
    [
        ("varchar(10)", "varchar(20)", False),
        ("varchar(10)", "text", False),
        ("text", "varchar(10)", True),
        ("numeric(5,2)", "numeric(9,2)", False),
        ("numeric(5,2)", "numeric(9,3)", True),
        ("int", "bigint", True),
        ("bigint", "small", True),
        ("bigint", "plain", False),
        ("small", "bigint", False),
        ("text", "short", True),
        ("varchar(20)", "short", True),
        ("varchar(5)", "short", False),
        ("short", "varchar(20)", True),
        ("varchar(10)[]", "varchar(20)[]", True),
    ],
)
def test_rewrite_is_said_where_postgres_rewrites(
    scratch: psycopg.Connection,  # noqa: F811
    first: str,
    second: str,
    rewritten: bool,
) -> None:
    _compare(scratch, f"create table t (a {first})", f"alter table t alter a type {second}", rewritten)


@NEWEST
@pytest.mark.parametrize(
    ("column", "rewritten"),
    [
        ("int", False),
        ("text default lower('A')", False),
        ("timestamptz default now() - interval '1 day'", False),
        ("date default current_date", False),
        ("uuid default gen_random_uuid()", True),
        ("timestamptz default clock_timestamp()", True),
        ("text default md5(random()::text)", True),
        ("bigserial", True),
        ("int generated always as identity", True),
        ("int generated always as (n + 1) stored", True),
        ("uuid default made()", True),
        ("int default known()", False),
        ("plain", False),
        ("small", True),
        ("smaller default 3", True),
    ],
)
def test_rewrite_is_said_of_a_column_that_is_filled_row_by_row(
    scratch: psycopg.Connection,  # noqa: F811
    column: str,
    rewritten: bool,
) -> None:
    _compare(scratch, "create table t (n int)", f"alter table t add a {column}", rewritten)


MADE = """
create domain plain as bigint; create domain small as bigint check (value < 9); create domain smaller as small;
create domain short as varchar(10);
create function made() returns uuid language sql as 'select gen_random_uuid()';
create function known() returns int stable language sql as 'select 1';
"""


def _compare(connection: psycopg.Connection, first: str, second: str, rewritten: bool) -> None:
    """What the plan says, and what Postgres does."""
    there, _ = _plans(connection, MADE + first, second)
    connection.execute((MADE + first).encode())
    file = connection.execute("select pg_relation_filenode('t')").fetchone()
    for statement in there.statements:
        connection.execute(statement.sql.encode())
    assert (connection.execute("select pg_relation_filenode('t')").fetchone() != file) == rewritten
    assert ((HazardKind.REWRITE, "t.a") in _kinds(there)) == rewritten


@NEWEST
@pytest.mark.parametrize(
    ("first", "value", "second", "fails"),
    [
        ("int", "2147483647", "bigint", False),
        ("bigint", "9223372036854775807", "numeric", False),
        ("bigint", "9223372036854775807", "int", True),
        ("int", "2147483647", "numeric(9,2)", True),
        ("date", "'5874897-12-31'", "timestamp", True),
        ("int", "2147483647", "small", True),
    ],
)
def test_may_fail_is_said_where_a_value_may_not_fit(
    scratch: psycopg.Connection,  # noqa: F811
    first: str,
    value: str,
    second: str,
    fails: bool,
) -> None:
    table = f"create domain small as bigint check (value < 9); create table t (a {first});"
    there, _ = _plans(scratch, table, f"alter table t alter a type {second}")
    scratch.execute(f"{table} insert into t values ({value})".encode())
    failed = False
    try:
        for statement in there.statements:
            scratch.execute(statement.sql.encode())
    except psycopg.Error:
        failed = True
    assert (failed, (HazardKind.MAY_FAIL, "t.a") in _kinds(there)) == (fails, fails)


@NEWEST
def test_a_new_value_that_is_used_at_once_stands_alone(scratch: psycopg.Connection) -> None:  # noqa: F811
    first = "create type mood as enum ('ok'); create table t (m mood);"
    there, _ = _plans(scratch, first, "alter type mood add value 'fine'")
    assert [statement.alone for statement in there.statements] == [False]
    # Values can only be used once they are committed, so the other schema is told from one that has them.
    with scratch.transaction(force_rollback=True):
        scratch.execute(first)
        before = read_catalog(scratch)
    scratch.execute("create type mood as enum ('ok', 'fine'); create table t (m mood default 'fine');")
    found = plan(before, read_catalog(scratch))
    assert [statement.alone for statement in found.statements] == [True, False]


@NEWEST
def test_the_way_back_names_what_is_lost(scratch: psycopg.Connection) -> None:  # noqa: F811
    first = "create table t (a int, b timestamp, c int); create table u (x int);"
    second = "drop table u; alter table t drop a, alter b type date, alter c type bigint;"
    there, back = _plans(scratch, first, second)
    assert {at for kind, at in _kinds(there) if kind is HazardKind.DATA_LOSS} == {"t.a", "u"}
    assert {at for kind, at in _kinds(back) if kind is HazardKind.IRREVERSIBLE} == {"t.a", "t.b", "u"}
