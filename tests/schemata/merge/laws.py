"""The laws of merging, held against the model of `world`.

    python -m tests.schemata.merge.laws 100000 [FIRST_SEED]

draws that many pairs of sides over drawn bases, prints what breaks a law with the
seed that gives it again, and exits 1 then.
"""

import sys
import time
from collections import Counter
from dataclasses import dataclass
from random import Random

from schemata.catalog import Address, Catalog
from schemata.merge import ConflictKind, Merged, merge
from schemata.merge.objects import hard_names
from tests.schemata.catalog.alone import says_the_same_alone
from tests.schemata.merge.answers import hold_answers
from tests.schemata.merge.edits import Author, Step
from tests.schemata.merge.world import Impossible, World


@dataclass(frozen=True)
class Meeting:
    """Two sides over a base, as scripts and as worlds."""

    base: World
    ours: Author
    theirs: Author


def draw(random: Random) -> Meeting:
    first = Author(random, World(), 1000)
    first.write(random.randint(2, 14))
    sides = [Author(random, first.world.copy(), start) for start in (100_000, 200_000)]
    for side in sides:
        side.write(random.randint(0, 5))
    return Meeting(first.world, *sides)


def hold(meeting: Meeting) -> Merged:
    """Assert every law on one meeting."""
    base, ours, theirs = (
        world.catalog() for world in (meeting.base, meeting.ours.world, meeting.theirs.world)
    )
    for one, two, expected in ((ours, ours, ours), (base, theirs, theirs), (theirs, base, theirs)):
        same = merge(base, one, two)
        assert same.conflicts == (), same.conflicts
        assert same.catalog == expected
        assert same.catalog.hash == expected.hash
    merged, mirrored = merge(base, ours, theirs), merge(base, theirs, ours)
    assert says_the_same_alone(base, merged.catalog)
    assert says_the_same_alone(merged.catalog, mirrored.catalog)
    assert says_the_same_alone(ours, merged.seen_from(ours))
    assert {found.mirrored().id for found in mirrored.conflicts} == {found.id for found in merged.conflicts}
    orders = [
        apply(meeting.ours.world, meeting.theirs.steps),
        apply(meeting.theirs.world, meeting.ours.steps),
    ]
    if not merged.conflicts:
        assert plain(merged.catalog, merged) == plain(mirrored.catalog, merged)
        for reached in orders:
            if reached is not None:
                assert difference(reached, merged) == {}
    if not any(is_doubt(found.kind) for found in merged.conflicts) and merged.conflicts:
        assert not do_commute(orders, merged), merged.conflicts
    hold_answers(merged, mirrored, (base, ours, theirs))
    nothing_is_lost(base, ours, merged)
    nothing_is_lost(base, theirs, merged)
    return merged


def is_doubt(kind: ConflictKind) -> bool:
    """Kinds that are told although both orders run: what they mean together is for people to say."""
    return kind == ConflictKind.NULLABILITY


def apply(world: World, steps: list[Step]) -> Catalog | None:
    """The world after these steps of the other side; None where one cannot be done."""
    reached = world.copy()
    try:
        for step in steps:
            step.on(reached)
    except Impossible:
        return None
    return reached.catalog()


def do_commute(orders: list[Catalog | None], merged: Merged) -> bool:
    one, two = orders
    return one is not None and two is not None and plain(one, merged) == plain(two, merged)


def plain(catalog: Catalog, merged: Merged) -> dict[Address, dict[str, object]]:
    """Objects without unsettled wording, and without the orders of columns and of enum values."""
    return {
        at: {
            name: sorted(value) if name == "values" else value
            for name in hard_names(found)
            if (at, name) not in merged.unsettled
            for value in (getattr(found, name),)
        }
        for at, found in catalog.objects.items()
    }


def difference(reached: Catalog, merged: Merged) -> dict[Address, object]:
    there, wanted = plain(reached, merged), plain(merged.catalog, merged)
    return {
        at: (there.get(at), wanted.get(at)) for at in {*there, *wanted} if there.get(at) != wanted.get(at)
    }


def nothing_is_lost(base: Catalog, side: Catalog, merged: Merged) -> None:
    """What the side added is there and what it dropped is gone, unless a conflict names it or its whole."""
    named: set[tuple[str, str]] = set()
    for found in (*merged.conflicts, *(each for each, _ in merged.repeats)):
        for at in (found.at, found.other, *found.uses):
            named |= {(at.schema, at.name), (at.schema, at.parent)} if at else set()
    if named:
        return
    there, before = merged.catalog.by_identity, base.by_identity
    for key, at in side.by_identity.items():
        if key not in before and at not in merged.catalog.objects and at.parent == "":
            assert merged.touched, at
    for key, at in before.items():
        if key not in side.by_identity and at not in side.objects:
            assert key not in there, at


def main() -> int:
    pairs, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    started, kinds, broken, clean = time.monotonic(), Counter[str](), 0, 0
    for seed in range(first, first + pairs):
        try:
            merged = hold(draw(Random(seed)))
        except (AssertionError, KeyError, ValueError, TypeError, AttributeError) as problem:
            broken += 1
            print(f"seed {seed}: {type(problem).__name__} {str(problem)[:1500]}", flush=True)
            if broken >= 20:
                break
            continue
        clean += not merged.conflicts
        kinds.update(found.kind.value for found in merged.conflicts)
    took = time.monotonic() - started
    print(f"{pairs:,} pairs in {took:,.0f} s: {clean:,} without conflict, {broken} break a law")
    print(", ".join(f"{kind} {times:,}" for kind, times in kinds.most_common()))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
