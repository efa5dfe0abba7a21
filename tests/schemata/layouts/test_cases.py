"""Every folder of tests/cases/layouts: its tree read must be what its expected.json says."""

import json
from pathlib import Path

import pytest

from schemata.layouts import FolderTree, LayoutError, read_project
from tests.schemata.layouts.reading import CASES, result_of

FOLDERS = sorted(path for path in CASES.iterdir() if path.is_dir())


def test_there_are_cases() -> None:
    assert len(FOLDERS) > 40


@pytest.mark.parametrize("case", FOLDERS, ids=lambda path: path.name)
def test_case(case: Path) -> None:
    assert result_of(case) == json.loads((case / "expected.json").read_text())


@pytest.mark.parametrize("case", FOLDERS, ids=lambda path: path.name)
def test_batches_and_statements_stand_where_they_say(case: Path) -> None:
    try:
        history = read_project(FolderTree(case / "tree"))
    except LayoutError:
        return
    for migration in history.migrations:
        lines = migration.text.split("\n")
        for batch in migration.batches:
            assert migration.text[batch.offset : batch.offset + len(batch.text)] == batch.text
        for statement in migration.statements:
            assert migration.text[statement.offset : statement.end] == statement.text
            assert lines[statement.line - 1][statement.column - 1 :].startswith(statement.text.split("\n")[0])
