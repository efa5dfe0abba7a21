"""Merges where no database can be kept: one order runs in a side's own, and all comes out as elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import Sandboxes, SandboxSettings
from sandbox.merging import MergeResult, Verdict, merge_histories
from schemata.history import History, migration_of
from tests.sandbox.conftest import HistoryOf

BASE = "create type mood as enum ('sad', 'ok'); create table users (id int primary key, mood mood);"


@pytest.fixture(scope="module")
def crowded(sandbox_folder: Path) -> Iterator[Sandboxes]:
    """Less than half of the space is free there as soon as four databases lie beside each other."""
    settings = SandboxSettings(folder=sandbox_folder, disk_mb=100, parked_mb=0, warm=0)
    with Sandboxes(settings) as opened:
        yield opened


def _known(sandboxes: Sandboxes, owner: str) -> set[str]:
    """Histories that have a template."""
    return sandboxes.perform(
        owner, None, 60, None, lambda it: {each.prefix for each in it.databases.templates}
    )


def _merge(sandboxes: Sandboxes, owner: str, base: History, ours: str, theirs: str) -> MergeResult:
    sides = [
        replace(base, migrations=(*base.migrations, migration_of(name, text)))
        for name, text in (("2_ours.sql", ours), ("3_theirs.sql", theirs))
    ]
    return merge_histories(sandboxes, base, *sides, owner=owner, deadline_s=60)


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        ("alter table users add a int;", "alter table users add b int;", Verdict.CLEAN),
        # Its own order loses a value, so ours is needed again after it was used up.
        (
            "alter type mood add value 'glad';",
            "create type mood_new as enum ('sad', 'ok', 'so so');"
            "alter table users alter mood type mood_new using mood::text::mood_new;"
            "drop type mood; alter type mood_new rename to mood;",
            Verdict.REWRITTEN,
        ),
        ("alter table users drop mood;", "alter table users alter mood set not null;", Verdict.CONFLICT),
    ],
)
def test_merges_come_out_as_elsewhere(
    crowded: Sandboxes,
    sandboxes: Sandboxes,
    owner: str,
    history_of: HistoryOf,
    ours: str,
    theirs: str,
    verdict: Verdict,
) -> None:
    base = history_of(BASE)
    tight = _merge(crowded, owner, base, ours, theirs)
    roomy = _merge(sandboxes, owner, base, ours, theirs)
    assert tight.verdict is roomy.verdict is verdict
    assert tight.proof == roomy.proof
    assert tight.migrations == roomy.migrations
    assert tight.soft == roomy.soft
    assert [each.id for each in tight.conflicts] == [each.id for each in roomy.conflicts]


def test_a_side_is_used_up_where_it_would_not_be_kept(
    crowded: Sandboxes, sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    base = history_of(BASE)
    # A block of code is never rehearsed.
    text = "alter table users add a int; do $$ begin end $$;"
    ours = replace(base, migrations=(*base.migrations, migration_of("2_ours.sql", text)))
    kept = []
    for each in (crowded, sandboxes):
        assert _merge(each, owner, base, text, "alter table users add b int;").verdict is Verdict.CLEAN
        kept.append(ours.prefix_hashes()[-1] in _known(each, owner))
    assert kept == [False, True]
