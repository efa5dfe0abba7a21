"""What people or attackers put into migrations: a verdict that names it, never a hang and never a wrong `clean`."""

import pytest

from sandbox import DeadlineExceeded, Sandboxes
from sandbox.merging import MergeResult, Verdict, merge_histories
from schemata.history import History, migration_of

BASE = "create table users (id int primary key, email text);"
NASTY = 'we"ird\n🐘' + "x" * 40
QUOTED = '"' + NASTY.replace('"', '""') + '"'


def history(**texts: str) -> History:
    return History("prisma", "", tuple(migration_of(f"{name}.sql", text) for name, text in texts.items()))


def merged(
    sandboxes: Sandboxes, owner: str, ours: str, theirs: str, *, base: str = BASE, deadline_s: float = 60
) -> MergeResult:
    sides = (history(base=base), history(base=base, ours=ours), history(base=base, theirs=theirs))
    return merge_histories(sandboxes, *sides, owner=owner, deadline_s=deadline_s)


def test_text_that_is_no_sql(sandboxes: Sandboxes, owner: str) -> None:
    result = merged(sandboxes, owner, "select 1;", "create table x (id int);\n\nalter tabel users;")
    assert result.verdict is Verdict.BROKEN
    assert result.broken is not None
    assert (result.broken.side, result.broken.failure.line) == ("theirs", 3)


def test_text_that_can_not_be_cut(sandboxes: Sandboxes, owner: str) -> None:
    result = merged(sandboxes, owner, "select 1;", "select 'never closed;")
    assert result.verdict is Verdict.BROKEN
    assert result.broken is not None
    assert "unterminated quoted string" in result.broken.message


def test_names_with_quotes_newlines_and_emoji(sandboxes: Sandboxes, owner: str) -> None:
    made = f"create table {QUOTED} (id int primary key, {QUOTED} text);"
    ours = f"alter table {QUOTED} alter column {QUOTED} set default 'a';"
    theirs = f"alter table {QUOTED} alter column {QUOTED} set default 'b';"
    result = merged(sandboxes, owner, ours, theirs, base=made)
    assert [(each.kind, each.attribute) for each in result.conflicts] == [("both-changed", "default")]
    again = merged(sandboxes, owner, ours, f"{ours}\nalter table {QUOTED} add column more int;", base=made)
    assert again.verdict is Verdict.CLEAN
    dropped = merged(
        sandboxes,
        owner,
        f"drop table {QUOTED};",
        f"drop table {QUOTED};\ncreate table rest (id int);",
        base=made,
    )
    assert dropped.verdict is Verdict.REWRITTEN
    (landed,) = dropped.migrations
    assert "Left out" in landed.sql
    assert migration_of("landed", landed.sql).statements[-1].text.endswith("rest (id int)")


def test_a_schema_and_types_that_shadow_built_in_ones(sandboxes: Sandboxes, owner: str) -> None:
    base = "create type \"int4\" as enum ('a'); create domain public.text as pg_catalog.text; " + BASE
    ours = (
        "create function public.lower(pg_catalog.text) returns pg_catalog.text language sql as 'select $1';"
    )
    theirs = 'alter table users add column kind public."int4";'
    result = merged(sandboxes, owner, ours, theirs, base=base)
    assert (result.verdict, result.order_matters) == (Verdict.CLEAN, False)


def test_dropping_what_is_not_ones_own(sandboxes: Sandboxes, owner: str) -> None:
    for theirs in ("drop table pg_catalog.pg_class;", "drop database postgres;", "drop role postgres;"):
        result = merged(sandboxes, owner, "select 1;", theirs)
        assert result.verdict is Verdict.BROKEN, theirs


def test_a_loop_without_end(sandboxes: Sandboxes, owner: str) -> None:
    with pytest.raises(DeadlineExceeded, match=r"theirs\.sql: still running"):
        merged(sandboxes, owner, "select 1;", "do $$ begin loop end loop; end $$;", deadline_s=3)
    assert merged(sandboxes, owner, "select 1;", "create table x (id int);").verdict is Verdict.CLEAN


def test_a_loop_that_only_begins_after_ours(sandboxes: Sandboxes, owner: str) -> None:
    theirs = "do $$ begin while to_regclass('public.trap') is not null loop end loop; end $$;"
    with pytest.raises(DeadlineExceeded):
        merged(sandboxes, owner, "create table trap (id int);", theirs, deadline_s=4)


def test_views_on_views(sandboxes: Sandboxes, owner: str) -> None:
    chain = ["create view v0 as select id from users;"]
    chain += [f"create view v{n} as select id from v{n - 1};" for n in range(1, 200)]
    result = merged(
        sandboxes, owner, "\n".join(chain), "alter table users alter column id type bigint;", deadline_s=120
    )
    assert result.verdict is Verdict.REWRITTEN, result.conflicts
    assert result.migrations[0].sql.count("CREATE VIEW") == 200


def test_more_conflicts_than_anybody_reads(sandboxes: Sandboxes, owner: str) -> None:
    tables = {f"t{n}": [f"c{k}" for k in range(50)] for n in range(20)}
    made = [
        f"create table {t} ({', '.join(f'{c} int default 0' for c in columns)});"
        for t, columns in tables.items()
    ]
    sides = [
        "\n".join(f"alter table {t} alter column {c} set default {value};" for t in tables for c in tables[t])
        for value in (1, 2)
    ]
    result = merged(sandboxes, owner, *sides, base="\n".join(made), deadline_s=120)
    assert result.verdict is Verdict.CONFLICT
    assert len(result.conflicts) == 1000
    places = [found.where["theirs"] for found in result.conflicts]
    assert all(place is not None for place in places)
    assert len({place.line for place in places if place}) == 1000


def test_plain_sql_that_speaks_of_its_tools_own_table(sandboxes: Sandboxes, owner: str) -> None:
    """Batches do not say which tool runs plain files; the one whose table they name has made it."""
    texts = {"base": "select count(*) from __diesel_schema_migrations;", "ours": "create table a (id int);"}
    base, ours, theirs = (
        History("sql", "", tuple(migration_of(name, texts.get(name, "select 1;")) for name in names))
        for names in (("base",), ("base", "ours"), ("base", "theirs"))
    )
    result = merge_histories(sandboxes, base, ours, theirs, owner=owner, deadline_s=60)
    assert result.verdict is Verdict.CLEAN, result.broken
