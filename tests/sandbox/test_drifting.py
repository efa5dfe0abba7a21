"""Drift of a schema file: each case folder has the file, the migration, and what is to be found.

A line of `expected.txt` is severity, line in the file (0 for none), rule and object.
"""

from pathlib import Path

import pytest

from sandbox import Sandboxes
from sandbox.drifting import Drift, find_drift
from schemata.history import History, SourceFile, migration_of

CASES = Path(__file__).parents[1] / "cases" / "drift"


def drift_of(sandboxes: Sandboxes, owner: str, migration: str, **files: str) -> Drift:
    schema = tuple(SourceFile(f"{name}.prisma", text) for name, text in files.items())
    history = History("prisma", "", (migration_of("1.sql", migration),), schema)
    return find_drift(sandboxes, history, owner=owner, deadline_s=60)


def told(found: Drift) -> list[str]:
    return [f"{each.severity} {each.line or 0} {each.rule} {each.object}" for each in found.findings]


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_each_case(sandboxes: Sandboxes, owner: str, case: Path) -> None:
    migration, schema = (case / "migration.sql").read_text(), (case / "schema.prisma").read_text()
    found = drift_of(sandboxes, owner, migration, schema=schema)
    assert found.comparable
    assert told(found) == (case / "expected.txt").read_text().splitlines()


ENGINE = CASES.parent / "prisma"


@pytest.mark.parametrize("case", sorted(ENGINE.iterdir()), ids=lambda case: case.name)
def test_a_file_agrees_with_what_prisma_s_engine_makes_of_it(
    sandboxes: Sandboxes, owner: str, case: Path
) -> None:
    schema, migration = (case / "schema.prisma").read_text(), (case / "expected.sql").read_text()
    assert told(
        drift_of(sandboxes, owner, migration, schema=schema + "\nmodel Last {\n  id Int @id\n}\n")
    ) == [f'error {schema.count(chr(10)) + 2} drift.only-in-schema table public."Last"']
