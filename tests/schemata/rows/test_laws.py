"""On generated schemas, no table stays empty without a reason, and the rows are as promised."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from sandbox.cluster import Cluster
from schemata.catalog import Address, Catalog, Column, Kind
from schemata.introspect import read_catalog
from schemata.rows import seed

NIGHTLY = int(os.environ.get("BRAID_EXAMPLES", "60"))
TYPES = {
    "int": [
        "{c} > 0",
        "{c} between 3 and 9",
        "{c} in (1, 2, 3, 4)",
        "{c} <> 7",
        "{c} < 0 or {c} > 5",
        "{c} % 1 = 0",
    ],
    "smallint": ["{c} >= 0"],
    "bigint": ["{c} < 1000"],
    "numeric(6,2)": ["{c} > 0 and {c} < 100", "{c} >= 0.5"],
    "text": [
        "length({c}) < 12",
        "{c} <> ''",
        "{c} ~ '^[a-z]+-?[0-9]*$'",
        "{c} = lower({c})",
        "{c} like 'x%'",
    ],
    "varchar(8)": ["{c} in ('one', 'two', 'three')", "char_length({c}) >= 3"],
    "char(2)": [],
    "boolean": ["{c}"],
    "uuid": [],
    "date": ["{c} >= '2020-01-01'"],
    "timestamptz": ["{c} < '2030-01-01'"],
    "jsonb": ["jsonb_typeof({c}) = 'object'"],
    "mood": ["{c} <> 'sad'"],
    "mood[]": ["cardinality({c}) > 0"],
    "positive": [],
    "place": [],
    "int4range": [],
    "inet": [],
    "bytea": ["octet_length({c}) = 16"],
}
PRELUDE = """
create type mood as enum ('sad', 'ok', 'happy');
create domain positive as int check (value > 0);
create type place as (street text, floor positive);
"""
# Types with enough values for three rows, of which primary keys are made.
KEYS = ["int", "uuid", "text", "smallint", "date", "bigint"]


@st.composite
def columns(draw: st.DrawFn, number: int) -> str:
    kind = draw(st.sampled_from(sorted(TYPES)))
    name = f"c{number}"
    parts = [name, kind]
    if draw(st.booleans()):
        parts.append("not null")
    checks = TYPES[kind]
    if checks and draw(st.booleans()):
        parts.append(f"check ({draw(st.sampled_from(checks)).format(c=name)})")
    elif draw(st.integers(0, 5)) == 0 and kind in KEYS:
        parts.append("unique")
    return " ".join(parts)


@st.composite
def schemas(draw: st.DrawFn) -> str:
    """Tables with keys of one or two columns, and foreign keys in every direction."""
    count = draw(st.integers(1, 5))
    kinds = [draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=2)) for _ in range(count)]
    tables, links = [], []
    for place, kind in enumerate(kinds):
        keys = [f"k{number} {each}" for number, each in enumerate(kind)]
        own = [draw(columns(number)) for number in range(draw(st.integers(0, 4)))]
        for number in range(draw(st.integers(0, 2))):
            target = draw(st.integers(0, count - 1))
            names = [f"f{number}_{part}" for part in range(len(kinds[target]))]
            null = draw(st.sampled_from(["", " not null"]))
            own += [f"{name} {each}{null}" for name, each in zip(names, kinds[target], strict=True)]
            full = draw(st.sampled_from(["", " match full"]))
            late = draw(st.sampled_from(["", " deferrable initially deferred"]))
            links.append(
                f"alter table t{place} add foreign key ({', '.join(names)}) references t{target}{full}{late}"
            )
        key = f"primary key ({', '.join(each.split()[0] for each in keys)})"
        tables.append(f"create table t{place} ({', '.join([*keys, *own, key])})")
        if draw(st.integers(0, 4)) == 0:
            # The key itself refers: one row for one.
            same = [other for other in range(count) if kinds[other] == kind]
            target = draw(st.sampled_from(same))
            names = ", ".join(each.split()[0] for each in keys)
            links.append(f"alter table t{place} add foreign key ({names}) references t{target}")
    return ";\n".join([*tables, *links])


@pytest.fixture(scope="module")
def prepared(postgres: Cluster) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute("create database rows_laws template template0")
        with psycopg.connect(postgres.url("rows_laws"), autocommit=True) as connection:
            connection.execute(PRELUDE)
            yield connection
        admin.execute("drop database rows_laws with (force)")


@settings(max_examples=NIGHTLY, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schema=schemas())
def test_no_table_stays_empty(prepared: psycopg.Connection, schema: str) -> None:
    with prepared.transaction(force_rollback=True):
        prepared.execute(schema)
        catalog = read_catalog(prepared)
        plan = seed(catalog)
        assert plan.skipped == ()
        assert plan.left_null == ()
        for statement in plan.statements:
            prepared.execute(statement)
        prepared.execute("set constraints all immediate")
        for found in catalog.of_kind(Kind.TABLE):
            expect_rows(prepared, catalog, found.address)


def expect_rows(connection: psycopg.Connection, catalog: Catalog, at: Address) -> None:
    """Three rows, and in each column that may be NULL one that is, one that is not, unless a key ties it."""
    names = [part.address.name for part in catalog.children[at] if isinstance(part, Column)]
    counts = sql.SQL(", ").join(sql.SQL("count({})").format(sql.Identifier(each)) for each in names)
    query = sql.SQL("select count(*), {} from {}").format(counts, sql.Identifier(at.schema, at.name))
    row = connection.execute(query).fetchone()
    assert row is not None
    total, *filled = row
    assert total == 3, at
    for name, count in zip(names, filled, strict=True):
        assert count > 0, (at, name)
        column = catalog.objects[Address(Kind.COLUMN, at.schema, name, at.name)]
        if isinstance(column, Column) and not column.not_null and column.type != "boolean":
            assert count < 3, (at, name)
