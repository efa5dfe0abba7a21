"""What both sides made under one name: the same once, or a conflict that says in what they differ."""

from collections.abc import Iterator, Mapping, Sequence

from schemata.catalog import Address, Attribute, CatalogObject, Column, Constraint, Kind
from schemata.catalog.encoding import PARENTS
from schemata.merge.conflicts import Conflict, ConflictKind
from schemata.merge.objects import differing
from schemata.merge.spaces import Added

Both = Mapping[Address, Added]
# Made of parts, whose difference is that of the whole.
KEY = "primary key"
WHOLES = frozenset({Kind.TABLE, Kind.FOREIGN_TABLE, Kind.COMPOSITE})


def added_twice(ours: Both, theirs: Both) -> Iterator[Conflict]:
    """Conflicts of what stands at one merged address on both sides."""
    common = sorted(at for at in ours if at in theirs)
    owners = {(at.schema, at.name) for each in (ours, theirs) for at in each if at.kind in PARENTS}
    for at in common:
        mine, other = ours[at][1], theirs[at][1]
        if not (isinstance(mine, Column | Attribute | Constraint) and (at.schema, at.parent) in owners):
            yield from _keys(at, mine, other) or _differences(at, mine, other)
    wholes = [at for at in common if at.kind in WHOLES]
    if wholes:
        mine_by, other_by = _by_owner(ours), _by_owner(theirs)
        for at in wholes:
            yield from _parts(
                at, mine_by.get((at.schema, at.name), []), other_by.get((at.schema, at.name), [])
            )


def _differences(at: Address, mine: CatalogObject, other: CatalogObject) -> Iterator[Conflict]:
    for name in differing(mine, other):
        ours, theirs = (getattr(each, name, type(each).__name__.lower()) for each in (mine, other))
        yield Conflict(ConflictKind.ADDED, at, name, None, ours, theirs)


def _keys(at: Address, mine: CatalogObject, other: CatalogObject) -> tuple[Conflict, ...]:
    """Two primary keys under one name: a table has one, so another name would not help."""
    both = (mine, other)
    keys = [
        f"{at} ({', '.join(each.columns)})"
        for each in both
        if isinstance(each, Constraint) and each.type == KEY
    ]
    if len(keys) < 2 or not differing(mine, other):
        return ()
    table = Address(Kind.TABLE, at.schema, at.parent)
    return (Conflict(ConflictKind.KEYS, table, KEY, None, keys[0], keys[1], None, (at,)),)


def _by_owner(side: Both) -> dict[tuple[str, str], list[CatalogObject]]:
    found: dict[tuple[str, str], list[CatalogObject]] = {}
    for at, (_, each) in side.items():
        if at.parent:
            found.setdefault((at.schema, at.parent), []).append(each)
    return found


def _parts(at: Address, mine: list[CatalogObject], other: list[CatalogObject]) -> Iterator[Conflict]:
    """One conflict for two tables with other columns, or with the same columns and other constraints."""
    for kinds, name in (((Column, Attribute), "columns"), ((Constraint,), "constraints")):
        ours, theirs = ([each for each in side if isinstance(each, kinds)] for side in (mine, other))
        if not _are_alike(ours, theirs):
            yield Conflict(ConflictKind.ADDED, at, name, None, _told(ours), _told(theirs))
            return


def _are_alike(ours: Sequence[CatalogObject], theirs: Sequence[CatalogObject]) -> bool:
    known = {each.address: each for each in theirs}
    return len(ours) == len(theirs) and all(
        each.address in known and not differing(each, known[each.address]) for each in ours
    )


def _told(parts: Sequence[CatalogObject]) -> tuple[str, ...]:
    """Each part in a few words; columns in their order."""
    ordered = sorted(parts, key=lambda part: (getattr(part, "position", 0), part.address.name))
    return tuple(f"{part.address.name} {_facts(part)}" for part in ordered)


def _facts(part: CatalogObject) -> str:
    if isinstance(part, Constraint):
        return f"{part.type} ({', '.join(part.columns) or part.definition})"
    facts = [getattr(part, "type", "")]
    facts += ["not null"] * getattr(part, "not_null", False)
    default = getattr(part, "default", "")
    return " ".join([*facts, *([f"default {default}"] if default else [])])
