"""Migrations that Braid writes read back as their tool reads them, each statement whole."""

import pytest

from schemata.history import History
from schemata.landing.drizzle import snapshot_again
from schemata.landing.generated import generated_name, generated_text
from schemata.layouts.named import history_of
from schemata.layouts.trees import MemoryTree

STATEMENTS = (
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND;\n$$;",
    "ALTER TABLE a DROP COLUMN b;",
)
NAMES = {
    "prisma": ("20240101000000_init", "20240101000001_revert_7"),
    "drizzle": ("0004_init", "0005_revert_7"),
    "dbmate": ("20240101000000_init", "20240101000001_revert_7"),
    "goose": ("00004_init", "00005_revert_7"),
    "golang-migrate": ("000004_init", "000005_revert_7"),
    "flyway": ("V1.2__init", "V2.2__revert_7"),
    "diesel": ("2024-01-01-000000_init", "2025-01-01-000000_revert_7"),
    "supabase": ("20240101000000_init", "20240101000001_revert_7"),
}


def history(layout: str, *named: tuple[str, str]) -> History:
    return history_of(layout, named)


@pytest.mark.parametrize("layout", NAMES)
def test_a_generated_migration_is_the_last_and_has_its_statements(layout: str) -> None:
    first, expected = NAMES[layout]
    plain = (first, generated_text(layout, ["CREATE TABLE a (b int);"]))
    name = generated_name(history(layout, plain), "revert_7")
    assert name == expected
    found = history(layout, plain, (name, generated_text(layout, STATEMENTS, "-- Note: this.\n")))
    assert found.is_runnable, found.findings
    assert [each.name for each in found.migrations] == [first, name]
    texts = [each.text.strip().rstrip(";") for each in found.migrations[1].statements]
    assert [text[text.index(statement[:5]) :] for text, statement in zip(texts, STATEMENTS, strict=True)] == [
        statement.rstrip(";") for statement in STATEMENTS
    ]


def test_there_is_no_name_after_names_without_numbers() -> None:
    assert generated_name(history("flyway", ("R__views", "select 1;")), "revert_7") == ""


def test_the_snapshot_of_what_was_there_follows_the_newest() -> None:
    journal = b'{"entries": []}'
    before = MemoryTree(
        {"d/meta/_journal.json": journal, "d/meta/0000_snapshot.json": b'{"id": "a", "tables": {}}'}
    )
    newest = b'{\n  "id": "b",\n  "prevId": "a",\n  "tables": {"t": {}}\n}\n'
    after = MemoryTree({"d/meta/_journal.json": journal, "d/meta/0001_snapshot.json": newest})
    files = snapshot_again(before, after, "d", ("0000_init", "0001_t"), "0002_revert_7")
    (text,) = files.values()
    assert [*files] == ["d/meta/0002_snapshot.json"]
    assert b'"prevId": "b"' in text
    assert b'"tables": {}' in text
