"""Merges that were rehearsed in transactions, held to the same merges run in databases of their own.

    python -m tests.sandbox.merging.rehearsed [--drawn 300] [--first 0] [--postgres 18]

All cases of cases/merge, cases/merging and cases/rehearsed (what would come out otherwise, if it were
not noticed), and meetings drawn from statements on drawn schemas, every other one with rows in its
tables and a migration for each statement, and as many of `late`, are merged twice.
Verdict, proof, what lands, conflicts and soft findings must be the same. The exit status is 1 where they are not.
"""

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from sandbox import Sandboxes, SandboxSettings
from sandbox.errors import SandboxError
from sandbox.merging import MergeResult, merge_histories
from sandbox.merging import lab as laboratory
from sandbox.rehearsal import Rehearsal
from schemata.catalog.edges import edges_apart
from schemata.history import History, migration_of
from schemata.introspect import Reading
from tests.sandbox.merging import late
from tests.sandbox.merging.test_cases import CASES as HISTORIES
from tests.sandbox.merging.test_cases import history
from tests.schemata.catalog.alone import says_the_same_alone
from tests.schemata.plan import soup

CATALOGS = HISTORIES.parent / "merge"
TELLING = HISTORIES.parent / "rehearsed"
NEXT = "-- next migration\n"
STATEMENTS = 3
ROWS = {"t": "a", "u": "b", "w": "id, a", "p": "k"}
Sides = tuple[History, History, History]


def of_cases() -> Iterator[tuple[str, Sides]]:
    """Each with its name."""
    for case in sorted(HISTORIES.iterdir()):
        yield case.name, (history(case, "base"), history(case, "ours"), history(case, "theirs"))
    yield from _of_folders(CATALOGS)
    yield from telling()


def telling() -> Iterator[tuple[str, Sides]]:
    """What does otherwise in one long transaction."""
    return _of_folders(TELLING)


def _of_folders(folder: Path) -> Iterator[tuple[str, Sides]]:
    for case in sorted(folder.iterdir()):
        texts = [case / f"{side}.sql" for side in ("base", "ours", "theirs")]
        if all(text.exists() for text in texts):
            yield case.name, _of_texts(*(text.read_text() for text in texts))


def drawn(seed: int) -> tuple[str, Sides]:
    """Two sides of a few statements each, on a schema that holds whatever Postgres took of a drawn one."""
    draw = Random(seed)
    ground, between = ";\n".join(soup.ground(draw)), ";\n"
    if seed % 2:
        ground, between = ground + "".join(_rows(ground)), f";\n{NEXT}"
    ours, theirs = (between.join(soup.stirred(draw)[:STATEMENTS]) for _ in range(2))
    return f"drawn {seed}", _of_texts(ground, ours, theirs)


def drawn_late(seed: int) -> tuple[str, Sides]:
    """Two sides that mostly run, on a schema with rows and code."""
    draw = Random(seed)
    ours, theirs = (late.side(draw, draw.choice((";\n", f";\n{NEXT}"))) for _ in range(2))
    return f"drawn late {seed}", _of_texts(late.GROUND, ours, theirs)


def _rows(ground: str) -> Iterator[str]:
    for table, columns in ROWS.items():
        if f"create table {table} (" in ground:
            values = ", ".join(["1"] * len(columns.split(",")))
            yield f";\ninsert into {table} ({columns}) values ({values})"


def _of_texts(base: str, ours: str, theirs: str) -> Sides:
    start = (migration_of("1", base),)
    sides = (
        tuple(migration_of(f"{name}_{place}", text) for place, text in enumerate(texts.split(NEXT)))
        for name, texts in (("2_ours", ours), ("3_theirs", theirs))
    )
    return (History("prisma", "", start), *(History("prisma", "", (*start, *side)) for side in sides))


class Counted(Rehearsal):
    """Counts what was read in rehearsals, so that a law of nothing is seen to be one.

    Each reading is held to one that looks at catalogs that were not written to as well.
    """

    readings = 0

    def read(self) -> Reading:
        Counted.readings += 1
        found, self.written = super().read(), None
        again = super().read()
        if found.catalog.to_json() != again.catalog.to_json() or found.stock != again.stock:
            raise AssertionError("a catalog changed of which Postgres counted no rows")
        return found


def disagreements(
    sandboxes: Sandboxes,
    meetings: Iterable[tuple[str, Sides]],
    told: Counter[str],
    postgres: int | None = None,
) -> Iterator[str]:
    """What comes out otherwise. `told` counts verdicts, and meetings of which something was rehearsed."""
    for name, sides in meetings:
        before = Counted.readings
        rehearsed, run = (_merged(sandboxes, sides, postgres, rehearses) for rehearses in (True, False))
        told["rehearsed"] += Counted.readings > before
        told[run.verdict.value if isinstance(run, MergeResult) else run] += 1
        if _said(rehearsed) != _said(run):
            yield f"{name}:\n  rehearsed: {_said(rehearsed)}\n  run: {_said(run)}"
        if isinstance(rehearsed, MergeResult) and not _tells_apart(rehearsed):
            yield f"{name}: what is not the same in the merge is told otherwise"


def _tells_apart(result: MergeResult) -> bool:
    """Whether edges and objects that are found by what sides touched are those that differ at all."""
    if result.before_and_after is None:
        return True
    if not says_the_same_alone(*result.before_and_after):
        return False
    before, after = (dict(each.dependencies) for each in result.before_and_after)
    told = edges_apart(*(each.dependencies for each in result.before_and_after))
    return list(told) == sorted(at for at in {*before, *after} if before.get(at) != after.get(at))


def _merged(sandboxes: Sandboxes, sides: Sides, postgres: int | None, rehearses: bool) -> MergeResult | str:
    """Each way on a server of its own; where there is no verdict, the sort of error."""
    owner = "rehearsed" if rehearses else "run"
    try:
        return merge_histories(
            sandboxes, *sides, owner=owner, postgres=postgres, deadline_s=60, rehearses=rehearses
        )
    except SandboxError as error:
        return type(error).__name__


def _said(result: MergeResult | str) -> object:
    if isinstance(result, str):
        return result
    conflicts = [each.id for each in result.conflicts]
    return (
        result.verdict,
        result.order_matters,
        result.proof,
        result.migrations,
        conflicts,
        result.soft,
        result.broken,
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--drawn", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--postgres", type=int)
    given = parser.parse_args()
    laboratory.Rehearsal = Counted  # type: ignore[misc]
    told: Counter[str] = Counter()
    seeds = range(given.first, given.first + given.drawn)
    meetings = itertools.chain(of_cases(), map(drawn, seeds), map(drawn_late, seeds))
    with Sandboxes(
        replace(SandboxSettings.from_environment(), check_readings=True, parked_mb=0)
    ) as sandboxes:
        found = 0
        for found, each in enumerate(disagreements(sandboxes, meetings, told, given.postgres), start=1):  # noqa: B007
            print(each, flush=True)
    print(dict(told), "disagreements:", found)
    return 1 if found or not told["rehearsed"] else 0


if __name__ == "__main__":
    sys.exit(main())
