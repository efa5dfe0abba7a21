"""Histories from names and SQL: the same as the reader makes of files, in the order given."""

from pathlib import Path

import pytest

from schemata.history import Transaction
from schemata.layouts import FolderTree, LayoutError, read_project
from schemata.layouts.named import PATHS, history_of
from tests.schemata.layouts.reading import CASES

FOLDERS = sorted(path for path in CASES.iterdir() if path.is_dir())


@pytest.mark.parametrize("case", FOLDERS, ids=lambda path: path.name)
def test_a_history_read_from_files_is_made_again_from_its_names(case: Path) -> None:
    try:
        read = read_project(FolderTree(f"{case}/tree"))
    except LayoutError:
        return
    made = history_of(read.layout, [(each.name, each.text) for each in read.migrations])
    if not read.is_runnable or case.name in BESIDE_THE_SQL:
        return
    assert made.is_runnable, made.findings
    assert [
        (each.name, each.text, each.hash, each.transaction, each.batches) for each in made.migrations
    ] == [(each.name, each.text, each.hash, each.transaction, each.batches) for each in read.migrations]


# Settings in another file say how these are sent.
BESIDE_THE_SQL = ("flyway", "golang_migrate_multi_statement", "diesel")


def test_the_given_order_is_kept() -> None:
    for layout in PATHS:
        sql = TEXTS.get(layout, "SELECT 1;")
        names = ["V2__b", "V1__a", "V10__c"] if layout == "flyway" else ["2_b", "1_a", "10_c"]
        history = history_of(layout, [(name, sql) for name in names])
        assert [each.name for each in history.migrations] == names, layout
        assert history.layout == layout
        assert history.is_runnable, (layout, history.findings)


TEXTS = {
    "dbmate": "-- migrate:up\nSELECT 1;\n-- migrate:down\n",
    "goose": "-- +goose Up\nSELECT 1;\n",
}


def test_how_each_is_sent() -> None:
    text = "SELECT 1;--> statement-breakpoint\nSELECT 2"
    rules = {
        layout: history_of(layout, [("1_a", text)]).migrations for layout in ("sql", "prisma", "drizzle")
    }
    assert {layout: (each.transaction, len(each.batches)) for layout, (each,) in rules.items()} == {
        "sql": (Transaction.MESSAGE, 1),
        "prisma": (Transaction.MESSAGE, 1),
        "drizzle": (Transaction.TRANSACTION, 2),
    }


def test_names_with_the_ending_of_their_file() -> None:
    named = {
        "prisma": "1_a/migration.sql",
        "drizzle": "1_a.sql",
        "golang-migrate": "1_a.up.sql",
        "diesel": "1_a/up.sql",
        "supabase": "1_a.sql",
    }
    for layout, name in named.items():
        (migration,) = history_of(layout, [(name, "SELECT 1;")]).migrations
        assert migration.name == "1_a"


@pytest.mark.parametrize("layout", PATHS)
@pytest.mark.parametrize(
    "name", ["", "..", "../1_a", "/etc/1_a", "1_a/../2_b", "1_\0a", "1_a\n", "1_\udc80", "."]
)
def test_hostile_names_are_refused_by_name(layout: str, name: str) -> None:
    history = history_of(layout, [(name, TEXTS.get(layout, "SELECT 1;"))])
    assert not history.is_runnable
    assert history.migrations == ()
    assert repr(name) in history.findings[0].message


def test_what_no_tool_would_run_is_an_error() -> None:
    assert not history_of("flyway", [("1_a", "SELECT 1;")]).is_runnable
    assert not history_of("goose", [("a", "-- +goose Up\nSELECT 1;\n")]).is_runnable
    assert not history_of("dbmate", [("1_a", "SELECT 1;")]).is_runnable
    assert not history_of("supabase", [("a", "SELECT 1;")]).is_runnable
    assert not history_of("diesel", [("1_a", "")]).is_runnable
    assert not history_of("prisma", [("node_modules", "SELECT 1;")]).is_runnable
    assert not history_of("sql", [("1_a", "SELECT 1;"), ("1_a", "SELECT 2;")]).is_runnable
    assert not history_of("prisma", [("1_a", "SELECT '\udc80';")]).is_runnable
    assert not history_of("oracle", []).is_runnable


def test_plain_files_may_stand_in_folders_and_be_called_anything() -> None:
    history = history_of("sql", [("build/b.sql", "SELECT 1;"), ("a", "SELECT 2;")])
    assert [each.name for each in history.migrations] == ["build/b.sql", "a"]
    assert history.findings == ()


def test_the_schema_stands_beside() -> None:
    history = history_of("prisma", [("1_a", "SELECT 1;")], schema={"schema.prisma": "model A {}"})
    assert [(file.path, file.text) for file in history.schema_files] == [("schema.prisma", "model A {}")]
    assert history.findings == ()
