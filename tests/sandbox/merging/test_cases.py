"""Three histories and what `merge` must say of them: each folder of cases/merging is one meeting.

`base`, `ours` and `theirs` hold migrations by name; what a side does not hold is as in
the base, what it holds as an empty `.gone` it has removed. `lands` has what must land,
byte for byte, where theirs' own text does not.
"""

import json
from pathlib import Path

import pytest

from sandbox import Sandboxes
from sandbox.merging import MergeResult, Verdict, merge_histories
from schemata.history import History, migration_of
from schemata.merge import histories
from tests.schemata.merge.footprints import meet

CASES = Path(__file__).parents[2] / "cases" / "merging"


def texts(case: Path, side: str) -> dict[str, str]:
    return {path.stem: path.read_text() for path in sorted((case / side).glob("*.sql"))}


def history(case: Path, side: str) -> History:
    files = texts(case, "base") | texts(case, side)
    for path in (case / side).glob("*.gone"):
        del files[path.stem]
    return History("prisma", "", tuple(migration_of(name, files[name]) for name in sorted(files)))


def merged(sandboxes: Sandboxes, owner: str, case: Path) -> MergeResult:
    sides = [history(case, side) for side in ("base", "ours", "theirs")]
    return merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_case(case: Path, sandboxes: Sandboxes, owner: str) -> None:
    expected = json.loads((case / "expected.json").read_text())
    result = merged(sandboxes, owner, case)
    told = [
        [found.kind, f"{found.object_kind} {found.object_name}", found.attribute]
        for found in result.conflicts
    ]
    assert told == expected.get("conflicts", []), [found.message for found in result.conflicts]
    assert result.verdict == expected["verdict"]
    assert result.order_matters == expected["order_matters"]
    assert {found.rule for found in result.soft} >= set(expected.get("soft", []))
    landed = {each.name: each.sql for each in result.migrations if each.origin in ("rewritten", "generated")}
    assert landed == texts(case, "lands")
    if result.base and (result.verdict is not Verdict.CLEAN or result.order_matters or result.soft):
        assert their_footprints_meet(case, result)


def their_footprints_meet(case: Path, result: MergeResult) -> bool:
    """A side that changed what had landed meets everything, which whoever asks for footprints sees to."""
    found = histories.meet(*(history(case, side) for side in ("base", "ours", "theirs")))
    catalogs = result.ours, result.theirs
    return bool(found.edited) or meet(result.base, catalogs, (found.ours, found.theirs))


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_what_lands_replays_from_nothing(case: Path, sandboxes: Sandboxes, owner: str) -> None:
    result = merged(sandboxes, owner, case)
    if result.verdict not in (Verdict.CLEAN, Verdict.REWRITTEN):
        assert result.migrations == ()
        return
    ours = history(case, "ours")
    new = tuple(migration_of(each.name, each.sql) for each in result.migrations)
    landed = History("prisma", "", (*ours.migrations, *new))
    assert [each.name for each in landed.migrations] == sorted(each.name for each in landed.migrations)
    replay = sandboxes.replay(landed, owner=f"{owner} again", deadline_s=60)
    assert replay.failure is None
    proof = result.proof.rewritten or result.proof.ours_then_theirs
    assert proof is not None
    from schemata.merge.proof import schema_hash

    assert schema_hash(replay.catalog) == proof.hash
