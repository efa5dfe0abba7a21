"""Holds the law of footprints: sides that have anything to say to each other have footprints that meet."""

from collections.abc import Sequence

from schemata.catalog import Catalog
from schemata.history import Migration
from schemata.merge.footprint import Footprint, footprint
from schemata.merge.reach import name_of
from tests.schemata.merge.edits import Add, Author, Step
from tests.schemata.merge.world import World


def meet(base: Catalog, sides: Sequence[Catalog], scripts: Sequence[Sequence[Migration]]) -> bool:
    """Whether the footprints of two sides meet; what is kept of them must say the same."""
    one, two = (footprint(base, side, script) for side, script in zip(sides, scripts, strict=True))
    return met(one, two)


def met(one: Footprint, two: Footprint) -> bool:
    found = one.meets(two)
    assert found == two.meets(one)
    everything = bool(one.everything or two.everything)
    assert found == (everything or not set(one.sought).isdisjoint(two.marks))
    return found


def walked(start: World, author: Author) -> Footprint:
    """The footprint of drawn steps. What their statements would name is the subject of each step."""
    world, before, found = start.copy(), start.catalog(), Footprint()
    for step in author.steps:
        subject = _subject(world, step)
        step.on(world)
        after = world.catalog()
        one = footprint(before, after, ())
        assert one.everything == ""
        found = Footprint(found.written | one.written | subject, found.used | one.used)
        before = after
    return found


def _subject(world: World, step: Step) -> frozenset[str]:
    if isinstance(step, Add):
        return frozenset()
    key = getattr(step, "enum", 0) or step.key
    return frozenset({name_of(world.address(key)), world.things[key].name} if key in world.things else ())
