"""Collisions that no single attribute shows: each rule looks at what the sides did together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemata.catalog import Address, Catalog, CatalogObject, Column, Constraint, Index, Kind
from schemata.merge.conflicts import Conflict, ConflictKind, Soft
from schemata.merge.dependencies import Trail
from schemata.merge.mentions import RELATIONS, TYPES
from schemata.merge.objects import hard_names
from schemata.merge.sides import Side
from schemata.merge.texts import mentioned, removed_values_used
from schemata.merge.uses import Lifted

IN_RELATIONS = RELATIONS | {Kind.INDEX}
IN_TYPES = TYPES | {Kind.TABLE, Kind.FOREIGN_TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW}
INDEXED = frozenset({"primary key", "unique", "exclusion"})
SIDES = ("ours", "theirs")
Place = tuple[str, str]


@dataclass(frozen=True)
class Draft:
    """The merge as the base and what differs from it."""

    base: Catalog
    changed: Mapping[Address, CatalogObject]
    gone: frozenset[Address]
    trails: Mapping[Address, Trail]

    def told_by_side(self, *addresses: Address) -> tuple[str | None, str | None]:
        """The addresses as ours and theirs have them; what neither made is told on both."""
        told: list[str | None] = []
        for mine in ("ours", "theirs"):
            found = [str(at) for at in addresses if self.made_by(at) in (mine, "")]
            told.append(found[0] if found else None)
        return told[0], told[1]

    def made_by(self, at: Address) -> str:
        """The side that alone made the object or brought it to its merged address; empty for neither or both."""
        trail = self.trails.get(at)
        if trail is None:
            return ""
        moved = [name for name in ("ours", "theirs") if getattr(trail, name) not in (None, trail.base)]
        return moved[0] if len(moved) == 1 else ""

    @cached_property
    def parts(self) -> Mapping[Place, list[CatalogObject]]:
        """Changed parts by their table."""
        found: dict[Place, list[CatalogObject]] = {}
        for each in self.changed.values():
            if each.address.parent:
                found.setdefault((each.address.schema, each.address.parent), []).append(each)
        return found

    def constraints(self, table: Place) -> Iterator[Constraint]:
        """Constraints of a table in the merge."""
        for found in self.base.children.get(Address(Kind.TABLE, *table), ()):
            if isinstance(found, Constraint) and found.address not in self.gone:
                yield found
        yield from (found for found in self.parts.get(table, ()) if isinstance(found, Constraint))

    def get(self, at: Address) -> CatalogObject | None:
        found = self.changed.get(at)
        return found if found is not None or at in self.gone else self.base.objects.get(at)


def conflicts(merged: Draft, ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """Every collision; those that a side causes are told with that side's value in its own place."""
    yield from _one_way(ours, theirs)
    for found in _one_way(theirs, ours):
        yield found.mirrored()
    yield from _filled_twice(merged, ours, theirs)
    yield from _names(merged)
    yield from _keys(merged)


def _one_way(ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """Collisions in which ours takes something away and theirs uses it."""
    yield from (found for found in mentioned(ours, theirs) if isinstance(found, Conflict))
    yield from removed_values_used(ours, theirs)
    yield from _nullability(ours.side, theirs.side)


def soft(merged: Draft, ours: Lifted, theirs: Lifted) -> Iterator[Soft]:
    """What is only worth knowing: the same thing made under two names, texts that may mean what is gone."""
    yield from _identical(ours, theirs)
    for one, two in ((ours, theirs), (theirs, ours)):
        yield from (found for found in mentioned(one, two) if isinstance(found, Soft))


def _identical(ours: Lifted, theirs: Lifted) -> Iterator[Soft]:
    """Two new indexes or constraints that say the same under two names."""
    known: dict[tuple[object, ...], list[Address]] = {}
    for found in map(ours.space.lift, ours.side.added.values()):
        if isinstance(found, Index | Constraint):
            known.setdefault(_content(found), []).append(found.address)
    for found in map(theirs.space.lift, theirs.side.added.values() if known else ()):
        if isinstance(found, Index | Constraint):
            at = found.address
            same = known.get(_content(found), [])
            if at not in same:
                yield from (Soft("identical-twice", *sorted((at, other))) for other in same)


def _content(found: CatalogObject) -> tuple[object, ...]:
    at = found.address
    return (at.kind, at.schema, at.parent, *(getattr(found, name) for name in hard_names(found)))


def _nullability(ours: Side, theirs: Side) -> Iterator[Conflict]:
    """Ours makes a column NOT NULL while theirs takes its default away, or lets go of what ours needs."""
    for at, pair in ours.pairs.items():
        other = theirs.pairs.get(at)
        if other is None or not isinstance(pair.before, Column):
            continue
        was, mine, there = pair.before, pair.after, other.after
        if not (isinstance(mine, Column) and isinstance(there, Column)):
            continue
        forced = mine.not_null and not was.not_null and not there.not_null
        if forced and _is_set(was.default) and not _is_set(there.default) and not there.identity:
            yield Conflict(ConflictKind.NULLABILITY, at, "not_null", was.default, "not null", "no default")
        if mine.identity and not was.identity and was.not_null and not there.not_null:
            yield Conflict(ConflictKind.NULLABILITY, at, "not_null", "not null", "identity", "nullable")


def _is_set(default: str) -> bool:
    return bool(default) and not default.upper().startswith("NULL::")


def _filled_twice(merged: Draft, ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """A column that one side made an identity, or generated, and for which the other has a default."""
    for at in ours.side.pairs.keys() & theirs.side.pairs.keys():
        sides = [each.side.pairs[at].after for each in (ours, theirs)]
        found = merged.changed.get(ours.space.lead(sides[0].address))
        before = ours.side.base.objects[at]
        if _is_filled_twice(found) and not any(map(_is_filled_twice, sides)):
            was, mine, other = map(_filling, (before, *sides))
            yield Conflict(ConflictKind.ATTRIBUTE, at, "identity", was, mine, other)


def _is_filled_twice(found: CatalogObject | None) -> bool:
    return isinstance(found, Column) and bool(found.default and found.identity)


def _filling(found: CatalogObject) -> str | None:
    identity = getattr(found, "identity", "")
    return f"identity {identity}" if identity else getattr(found, "default", "") or None


def _names(merged: Draft) -> Iterator[Conflict]:
    """Two objects whose names Postgres keeps in one namespace.

    Each side was consistent, and both have what neither touched: so only what
    was touched can collide.
    """
    claims: dict[tuple[str, str, str], set[Address]] = {}
    for found in merged.changed.values():
        for key in _namespaces(found):
            claims.setdefault(key, set()).add(found.address)
    pairs = {(first, other) for first, *others in map(sorted, claims.values()) for other in others}
    for first, other in sorted(pairs):
        yield Conflict(ConflictKind.NAME, first, "", None, *merged.told_by_side(first, other), other)


def _namespaces(found: CatalogObject) -> Iterator[tuple[str, str, str]]:
    at = found.address
    if at.kind in IN_RELATIONS or (isinstance(found, Constraint) and found.type in INDEXED):
        yield ("relation", at.schema, at.name)
    if at.kind in IN_TYPES:
        yield ("type", at.schema, at.name)


def _keys(merged: Draft) -> Iterator[Conflict]:
    """Two primary keys on one table, or one over a column that may be null."""
    touched = {
        (found.address.schema, found.address.parent)
        for found in merged.changed.values()
        if isinstance(found, Constraint) and found.type == "primary key"
    }
    for place in sorted(touched):
        table = Address(Kind.TABLE, *place)
        keys = {each.address: each for each in merged.constraints(place) if each.type == "primary key"}
        if len(keys) > 1:
            first, second, *_ = sorted(keys)
            told = merged.told_by_side(first, second)
            yield Conflict(ConflictKind.KEYS, table, "primary key", None, *told, None, (first, second))
        for key in keys.values():
            yield from _nullable_keys(merged, place, key)


def _nullable_keys(merged: Draft, table: Place, key: Constraint) -> Iterator[Conflict]:
    for name in key.columns:
        at = Address(Kind.COLUMN, table[0], name, table[1])
        column = merged.get(at)
        if isinstance(column, Column) and not column.not_null:
            maker = merged.made_by(key.address)
            mine, other = ("primary key" if side == maker else "nullable" for side in SIDES)
            trail = merged.trails.get(at)
            origin = (trail and trail.base) or at
            yield Conflict(ConflictKind.NULLABILITY, origin, "not_null", "not null", mine, other, key.address)
