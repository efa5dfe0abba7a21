"""Types in Postgres's own spelling: what it shows of a column that was made with what people type."""

import psycopg
import pytest

from schemata.render.typed import as_shown

TYPED = (
    "varchar(66)",
    "varchar",
    "int",
    "INT8",
    "decimal(9, 2)",
    "numeric(12)",
    "numeric",
    "timestamp(3)",
    "timestamptz(3)",
    "timestamp with time zone",
    "time",
    "timetz(2)",
    "char(5)",
    "char",
    '"char"',
    "bool",
    "float(10)",
    "float",
    "bit(3)",
    "varbit(4)",
    "text[]",
    "int[][3]",
    "uuid",
    "jsonb",
    "interval day to second",
    'public."Mood"',
    "public.plain",
    "character varying(7)[]",
    "pg_catalog.int4",
)


@pytest.mark.parametrize("typed", TYPED)
def test_as_postgres_shows_it(database: psycopg.Connection, typed: str) -> None:
    database.execute("""create type "Mood" as enum ('GOOD'); create domain plain as text""")
    database.execute(f"create table t (a {typed})".encode())
    database.execute("set search_path to ''")
    shown = database.execute(
        "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'public.t'::regclass and attnum = 1"
    ).fetchone()
    assert shown == (as_shown(typed),)


@pytest.mark.parametrize(
    "typed", ["nonsense((", "int; drop table x", "int, 1", "int as x", "int from t", "int not null", ""]
)
def test_what_is_no_type(typed: str) -> None:
    with pytest.raises(ValueError, match="type"):
        as_shown(typed)
