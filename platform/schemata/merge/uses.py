"""What one side takes away and the other changes or newly uses: one conflict for each loss.

Whoever drops a table drops its columns, indexes and owned sequences with it, and
people decide once: so everything that speaks against it is gathered at the table.

A new use of something whose type the other side changes (a foreign key, a view, a
default) is no conflict here: whether the two agree is for Postgres to say, and
both orders are run before a merge is called clean.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from schemata.catalog import (
    Address,
    Catalog,
    CatalogObject,
    Constraint,
    Extension,
    Function,
    Index,
    Kind,
    Sequence,
    Table,
)
from schemata.catalog.encoding import PARENTS
from schemata.merge.conflicts import Conflict, ConflictKind
from schemata.merge.sides import Side
from schemata.merge.spaces import Space

Get = Callable[[Address], CatalogObject | None]
VIEWS = frozenset({Kind.VIEW, Kind.MATERIALIZED_VIEW})


@dataclass(frozen=True, slots=True)
class Lifted:
    """A side with the way from its names to the merged ones, and what it is called."""

    name: str
    side: Side
    space: Space


@dataclass(slots=True)
class Loss:
    """What the other side did to something dropped, in merged addresses."""

    changes: set[Address] = field(default_factory=set)
    uses: set[Address] = field(default_factory=set)


def loss_conflicts(
    ours: Lifted, theirs: Lifted, changed: Iterable[tuple[Address, Address]]
) -> Iterator[Conflict]:
    """Collisions in which ours drops. `changed`: base and merged address of what theirs altered and ours dropped."""
    losses: dict[Address, Loss] = {}
    for at, merged in changed:
        losses.setdefault(_whole(ours.side, at), Loss()).changes.add(merged)
    for at, user in _uses(ours.side, theirs):
        losses.setdefault(at, Loss()).uses.add(user)
    for at, loss in losses.items():
        yield _conflict(at, loss, theirs)


def _conflict(at: Address, loss: Loss, theirs: Lifted) -> Conflict:
    kind = ConflictKind.DROPPED_CHANGED if loss.changes else ConflictKind.DROPPED_USED
    now = theirs.side.now(at)
    merged = theirs.space.lead(now.address) if now else at
    met = tuple(sorted((loss.changes | loss.uses) - {merged}))
    kept = str(merged) if loss.changes or not met else str(met[0])
    return Conflict(kind, at, "", str(at), None, kept, met[0] if met else None, met, "theirs")


def _uses(ours: Side, theirs: Lifted) -> Iterator[tuple[Address, Address]]:
    """Dropped wholes and what newly needs them: by pg_depend, as a part, or by its place."""
    if not ours.dropped:
        return
    for found in theirs.side.news():
        origin = theirs.side.origin(found.address)
        if origin in ours.dropped or is_view_column(theirs.side.catalog, found):
            continue
        hits = {
            at for needed in needs(theirs.side, found, origin) if (at := _lost(ours, theirs.side, needed))
        }
        if hits and origin:
            hits -= set(needs_of_base(theirs.side, origin))
        home = {at for at in hits if at.kind in PARENTS and _is_part(found, at)}
        for at in {_whole(ours, at) for at in home or hits}:
            yield at, theirs.space.lead(found.address)


def _lost(ours: Side, theirs: Side, needed: Address) -> Address | None:
    """The base's address of what is needed, if ours dropped it for good."""
    at = theirs.origin(needed)
    return at if at is not None and at in ours.dropped and at not in ours.added else None


def needs(side: Side, found: CatalogObject, origin: Address | None) -> Iterator[Address]:
    """All that an object cannot be without, in its side's names."""
    at = found.address
    yield from side.catalog.dependencies.get(at, ())
    yield from _places(found)
    if at.parent and origin is None:
        yield from (Address(kind, at.schema, at.parent) for kind in PARENTS)


def needs_of_base(side: Side, origin: Address) -> Iterator[Address]:
    yield from side.base.dependencies.get(origin, ())
    yield from _places(side.base.objects[origin])


def _places(found: CatalogObject) -> Iterator[Address]:
    """What pg_depend, as it is read, does not say: schema, language, and the index of a replica identity."""
    if found.address.schema and not found.address.parent:
        yield Address(Kind.SCHEMA, "", found.address.schema)
    if isinstance(found, Function):
        yield Address(Kind.LANGUAGE, "", found.language)
        yield Address(Kind.EXTENSION, "", found.language)
    if isinstance(found, Extension):
        yield Address(Kind.SCHEMA, "", found.schema)
    if isinstance(found, Table) and found.replica_index:
        yield Address(Kind.INDEX, found.address.schema, found.replica_index, found.address.name)
        yield Address(Kind.CONSTRAINT, found.address.schema, found.replica_index, found.address.name)


def _is_part(found: CatalogObject, table: Address) -> bool:
    return (found.address.schema, found.address.parent) == (table.schema, table.name)


def is_view_column(catalog: Catalog, found: CatalogObject) -> bool:
    """Whether it follows from a view's definition, which speaks for itself."""
    at = found.address
    owners = (Address(kind, at.schema, at.parent) for kind in VIEWS)
    return at.kind == Kind.COLUMN and any(owner in catalog.objects for owner in owners)


def _whole(side: Side, at: Address) -> Address:
    """What a dropped thing went with: its table, the column that owned it, the parent's column."""
    seen = {at}
    while whole := next((each for each in above(side, at) if each in side.dropped), None):
        if whole in seen:
            break
        at = whole
        seen.add(at)
    return at


def above(side: Side, at: Address) -> Iterator[Address]:
    """What an object of the base goes with."""
    found = side.base.objects[at]
    if at.parent:
        yield from (Address(kind, at.schema, at.parent) for kind in PARENTS)
    if isinstance(found, Sequence) and found.owned_by:
        yield found.owned_by
    yield from inherited_from(side.base.objects.get, found)


def inherited_from(get: Get, found: CatalogObject) -> Iterator[Address]:
    """The same part of the parents of a partition or inheriting table."""
    at = found.address
    if isinstance(found, Constraint | Index) and found.parent is not None:
        yield found.parent
    elif getattr(found, "inherited", False):
        table = get(Address(Kind.TABLE, at.schema, at.parent))
        for parent in table.parents if isinstance(table, Table) else ():
            yield Address(at.kind, parent.schema, at.name, parent.name)
