"""New names that one side gave, carried through the other side's files before they are merged.

Files meet block by block and field by field, by name: a model that one side calls otherwise would be gone there,
and whatever the other side did to it a conflict without a right answer. The database knows better: an object
keeps its identity (pg_class.oid, pg_attribute.attnum) whatever it is called.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemata.catalog import Address, Catalog, Kind
from schemata.prisma.renaming import Files, labels, relabel

_BLOCKS = frozenset({Kind.TABLE, Kind.ENUM})
_LINE = re.compile(r"^[ \t]*(?:(?:model|enum|view)[ \t]+(\w+)|(\w+))", re.MULTILINE)
Labels = Mapping[Address, str]
Moves = Mapping[Address, Address]


@dataclass(frozen=True, slots=True)
class Renaming:
    """A block, or (`field`) a field of one, that goes on as `name`."""

    block: str
    field: str
    name: str


def moves(base: Catalog, side: Catalog) -> Moves:
    """Where what has a name in schema files stands in a side of the same origin; nothing for what is gone there."""
    found = (
        (at, _where(at, base, side)) for at in base.objects if at.kind in _BLOCKS or at.kind == Kind.COLUMN
    )
    return {at: there for at, there in found if there is not None}


def carry_names(files: Sequence[Files], ours: Moves, theirs: Moves) -> tuple[Files, Files, Files]:
    """The files of base, ours and theirs, in which what one side alone calls otherwise is called so in all.

    `ours` and `theirs`: what `moves` gives. What both sides call otherwise is left to the merge, and so
    is a name that is taken already.
    """
    base, mine, other = files
    named = _names(base)
    if named <= _names(mine) and named <= _names(other):
        return base, mine, other
    before = labels(base)
    first, second = _Side(ours, labels(mine)), _Side(theirs, labels(other))
    of_ours, of_theirs = _blocks(before, first, second), _blocks(before, second, first)
    called = {each.block: each.name for each in (*of_ours, *of_theirs)}
    of_ours += _fields(before, first, second, called)
    of_theirs += _fields(before, second, first, called)
    # Whole blocks first: fields are looked for under the names that these have by then.
    found = sorted((*of_ours, *of_theirs), key=lambda each: bool(each.field))
    for each in found:
        mine = mine if each in of_ours else _applied(mine, each)
        other = other if each in of_theirs else _applied(other, each)
        base = _applied(base, each)
    return base, mine, other


def _names(files: Files) -> set[tuple[str, str]]:
    """Blocks and what their lines begin with: told in a moment, so that files without a new name aren't read."""
    found: set[tuple[str, str]] = set()
    block = ""
    for text in files.values():
        for line in _LINE.finditer(text):
            opened, member = line.groups()
            block = opened or block
            found.add((block, member or ""))
    return found


@dataclass(frozen=True, slots=True)
class _Side:
    """Where things of the base stand on a side, and what its files call what stands there."""

    moves: Moves
    labels: Labels

    def calls(self, at: Address) -> str:
        """What it calls what the base has at the address; empty where it is gone."""
        return self.labels.get(self.moves.get(at, at), "")


def _where(at: Address, base: Catalog, side: Catalog) -> Address | None:
    """What was made anew has another identity, and stands where it stood."""
    who = base.identities.get(at)
    moved = side.by_identity.get(who.key) if who else None
    return moved or (at if at in side.objects else None)


def _blocks(base: Labels, side: _Side, other: _Side) -> tuple[Renaming, ...]:
    taken = {*base.values(), *other.labels.values()}
    found = {
        (label, side.calls(at))
        for at, label in base.items()
        if at.kind in _BLOCKS and other.calls(at) == label
    }
    return tuple(
        Renaming(label, "", now) for label, now in sorted(found) if now and now != label and now not in taken
    )


def _fields(base: Labels, side: _Side, other: _Side, called: Mapping[str, str]) -> tuple[Renaming, ...]:
    taken = {*base.values(), *other.labels.values()}
    found = []
    for at, label in sorted(base.items()):
        block, _, field = label.partition(".")
        now, there = _own(side.calls(at)), other.calls(at)
        names = {f"{each}.{now}" for each in (block, there.partition(".")[0])}
        if at.kind == Kind.COLUMN and now and now != field == _own(there) and taken.isdisjoint(names):
            found.append(Renaming(called.get(block, block), field, now))
    return tuple(found)


def _own(label: str) -> str:
    return label.rpartition(".")[2]


def _applied(files: Files, found: Renaming) -> Files:
    return relabel(files, found.block, found.name, found.field)
