"""The table of rules: nothing that is found lacks its line, and docs/rules.md says the same."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from braid.command.reports.rules import RULES, rule_of
from schemata.findings import Severity
from schemata.merge import ConflictKind
from tests.live import ROOT

# Names of files that look like rules.
NO_RULES = {"migration.sql", "schema.prisma"}
FAMILIES = "layout|history|migration|landed|replay|loss|prisma|drizzle|flyway|goose|dbmate|drift|schema"

CHECKING = (
    "schemata/layouts",
    "schemata/prisma/drift/findings.py",
    "schemata/prisma/drift/meetings.py",
    "schemata/prisma/drift/problems.py",
    "sandbox/drifting.py",
    "sandbox/new_drift.py",
    "sandbox/judge.py",
    "braid/command/check.py",
)


def test_every_rule_of_a_check_has_its_line() -> None:
    found = {
        name for text in _sources(*CHECKING) for name in re.findall(rf'"((?:{FAMILIES})\.[a-z0-9-]+)"', text)
    }
    assert len(found) > 30
    assert found - NO_RULES <= set(RULES)


def test_every_rule_of_a_merge_has_its_line() -> None:
    texts = list(_sources("sandbox/merging", "schemata/merge"))
    found = {
        name
        for text in texts
        for name in re.findall(r'(?:of_migrations|Soft(?:Finding)?)\(\s*"([a-z-]+)"', text)
    }
    assert {"rows-collide", "own-order"} <= found
    assert {f"merge.{name}" for name in found | set(ConflictKind)} <= set(RULES)


def test_the_page_says_the_same() -> None:
    page = (ROOT / "docs/rules.md").read_text()
    assert re.findall(r"^### (.+)\n\n(.+)$", page, re.MULTILINE) == [
        (rule.id, rule.meaning) for rule in RULES.values()
    ]


def test_the_address_of_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    assert RULES["landed.out-of-order"].help_address == ""
    monkeypatch.setenv("BRAID_DOCS_URL", "https://example.com/docs/")
    assert RULES["landed.out-of-order"].help_address == "https://example.com/docs/rules.md#landedout-of-order"


def test_a_rule_that_nobody_wrote_down() -> None:
    assert rule_of("new.rule", Severity.WARNING).name == "NewRule"


def _sources(*places: str) -> Iterator[str]:
    for place in places:
        path = ROOT / "platform" / place
        files: list[Path] = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        yield from (file.read_text() for file in files)
