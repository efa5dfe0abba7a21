"""Collisions that no single attribute shows: each rule looks at what the sides did together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemata.catalog import Address, Catalog, CatalogObject, Column, Constraint, Enum, Function, Index, Kind
from schemata.catalog.encoding import PARENTS
from schemata.merge.conflicts import Conflict, ConflictKind, Soft
from schemata.merge.objects import differing
from schemata.merge.sides import Side
from schemata.merge.spaces import Renames, Space

WORD = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_][A-Za-z0-9_$]*)')
RELATIONS = frozenset(
    {
        Kind.TABLE,
        Kind.FOREIGN_TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.COMPOSITE,
        Kind.SEQUENCE,
        Kind.INDEX,
    }
)
TYPES = frozenset({Kind.ENUM, Kind.DOMAIN, Kind.RANGE, Kind.COMPOSITE, Kind.TABLE, Kind.VIEW, Kind.BASE_TYPE})
INDEXED = frozenset({"primary key", "unique", "exclusion"})


@dataclass(frozen=True, slots=True)
class Lifted:
    """A side with the way from its names to the merged ones."""

    side: Side
    space: Space


@dataclass(frozen=True, slots=True)
class MergedObjects:
    """The merge as the base and what differs from it."""

    base: Catalog
    changed: Mapping[Address, CatalogObject]
    gone: frozenset[Address]

    def get(self, at: Address) -> CatalogObject | None:
        found = self.changed.get(at)
        return found if found is not None or at in self.gone else self.base.objects.get(at)

    def parts(self, table: Address) -> Iterator[CatalogObject]:
        """Constraints, indexes... of a table in the merge."""
        for found in self.base.children.get(table, ()):
            if found.address not in self.gone:
                yield found
        for found in self.changed.values():
            if (found.address.schema, found.address.parent) == (table.schema, table.name):
                yield found


def conflicts(merged: MergedObjects, renames: Renames, ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """Every collision; those that a side causes are told with that side's value in its own place."""
    for found in _one_way(merged, renames, ours, theirs):
        yield found
    for found in _one_way(merged, renames, theirs, ours):
        yield found.mirrored()
    yield from _names(merged)
    yield from _keys(merged)


def soft(merged: MergedObjects, ours: Lifted, theirs: Lifted) -> Iterator[Soft]:
    """Two new indexes or foreign keys that say the same under two names."""
    added = [list(map(each.space.lift, each.side.added.values())) for each in (ours, theirs)]
    for mine in added[0]:
        for other in added[1]:
            if isinstance(mine, Index | Constraint) and _is_twin(mine, other):
                first, second = sorted((mine.address, other.address))
                yield Soft("identical-twice", first, second)


def _is_twin(mine: CatalogObject, other: CatalogObject) -> bool:
    here, there = mine.address, other.address
    place = (here.kind, here.schema, here.parent) == (there.kind, there.schema, there.parent)
    return place and here.name != there.name and not differing(mine, other)


def _one_way(merged: MergedObjects, renames: Renames, ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """Collisions in which ours takes something away and theirs uses it."""
    yield from _dropped_used(ours, theirs)
    yield from _mentioned(renames, ours, theirs)
    yield from _removed_values_used(ours, theirs)
    yield from _nullability(ours, theirs)


def _dropped_used(ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """A new use, in theirs, of what ours dropped: by dependency, or as a part of it."""
    dropped = ours.side.dropped
    if not dropped:
        return
    for found in theirs.side.news():
        origin = theirs.side.origin(found.address)
        if origin in dropped:
            continue
        known = set(ours.side.base.dependencies.get(origin, ())) if origin else set()
        for needed in _needs(theirs.side, found):
            at = theirs.side.origin(needed)
            if at is not None and at in dropped and at not in known and not _is_remade(ours.side, at):
                whole = _whole(dropped, at)
                yield Conflict(
                    ConflictKind.DROPPED_USED, whole, "", str(whole), None, str(found.address), found.address
                )


def _whole(dropped: Mapping[Address, CatalogObject], at: Address) -> Address:
    """The dropped table that `at` went with, or `at` itself."""
    owners = (Address(kind, at.schema, at.parent) for kind in PARENTS)
    return next((owner for owner in owners if at.parent and owner in dropped), at)


def _needs(side: Side, found: CatalogObject) -> Iterator[Address]:
    at = found.address
    yield from side.catalog.dependencies.get(at, ())
    if at.parent and side.origin(at) is None:
        yield from (Address(kind, at.schema, at.parent) for kind in PARENTS)


def _is_remade(side: Side, at: Address) -> bool:
    """Whether the side put another object of this kind in the dropped one's place."""
    return at in side.added and at.kind not in (Kind.TABLE, Kind.COLUMN)


def _mentioned(renames: Renames, ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """A routine that theirs wrote names, in text that Postgres does not follow, what ours dropped or renamed."""
    routines = [
        found
        for found in theirs.side.news()
        if isinstance(found, Function) and not found.parsed and found.body
    ]
    if not routines:
        return
    taken = _taken_names(ours.side)
    for routine in routines:
        pair = theirs.side.pairs.get(theirs.side.origin(routine.address) or routine.address)
        if pair is not None and getattr(pair.before, "body", None) == routine.body:
            continue
        words = {quoted.replace('""', '"') or plain.lower() for quoted, plain in WORD.findall(routine.body)}
        for at, now in taken.items():
            if at.name in words and (at.kind != Kind.COLUMN or at.parent in words):
                kind = ConflictKind.RENAMED_USED if now else ConflictKind.DROPPED_USED
                yield Conflict(kind, at, "", str(at), now, str(routine.address), routine.address)


def _taken_names(side: Side) -> dict[Address, str | None]:
    """Names that a side took away: of dropped objects (None) and renamed ones (what they are now)."""
    kinds = RELATIONS | TYPES | {Kind.COLUMN, Kind.FUNCTION}
    taken: dict[Address, str | None] = {}
    for at in side.dropped:
        if at.kind in kinds and at not in side.added:
            taken[at] = None
    for at, pair in side.pairs.items():
        if at.kind in kinds and pair.after.address.name != at.name:
            taken[at] = str(pair.after.address)
    return taken


def _removed_values_used(ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """An enum value that ours removed stands in something that theirs made or changed."""
    for at, pair in ours.side.pairs.items():
        if not isinstance(pair.before, Enum) or not isinstance(pair.after, Enum):
            continue
        removed = set(pair.before.values) - set(pair.after.values)
        if len(pair.before.values) == len(pair.after.values) and not pair.recreated:
            continue
        for found in theirs.side.news() if removed else ():
            for value in sorted(removed):
                text = "'" + value.replace("'", "''") + "'::"
                if theirs.side.origin(found.address) != at and text in repr(_text(found)):
                    yield Conflict(
                        ConflictKind.VALUE_USED, at, value, value, None, str(found.address), found.address
                    )


def _text(found: CatalogObject) -> tuple[object, ...]:
    return tuple(getattr(found, name) for name in found.REFERRING)


def _nullability(ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """Ours makes a column NOT NULL while theirs takes its default away."""
    for at, pair in ours.side.pairs.items():
        other = theirs.side.pairs.get(at)
        if other is None or not isinstance(pair.before, Column):
            continue
        mine, there = pair.after, other.after
        if isinstance(mine, Column) and isinstance(there, Column):
            forced = mine.not_null and not pair.before.not_null and not there.not_null
            if forced and pair.before.default and not there.default:
                yield Conflict(
                    ConflictKind.NULLABILITY, at, "not_null", pair.before.default, "not null", "no default"
                )


def _names(merged: MergedObjects) -> Iterator[Conflict]:
    """Two objects whose names Postgres keeps in one namespace."""
    claims: dict[tuple[str, str, str], list[Address]] = {}
    wanted = {key for found in merged.changed.values() for key in _namespaces(found)}
    if not wanted:
        return
    kept = (found for at, found in merged.base.objects.items() if at not in merged.gone and _claims_name(at))
    for found in (*merged.changed.values(), *kept):
        for key in _namespaces(found):
            if key in wanted:
                claims.setdefault(key, []).append(found.address)
    for holders in claims.values():
        first, *others = sorted(dict.fromkeys(holders))
        for other in others:
            yield Conflict(ConflictKind.NAME, first, other=other)


def _claims_name(at: Address) -> bool:
    return at.kind in RELATIONS or at.kind in TYPES or at.kind == Kind.CONSTRAINT


def _namespaces(found: CatalogObject) -> Iterator[tuple[str, str, str]]:
    at = found.address
    if at.kind in RELATIONS or (isinstance(found, Constraint) and found.type in INDEXED):
        yield ("relation", at.schema, at.name)
    if at.kind in TYPES:
        yield ("type", at.schema, at.name)


def _keys(merged: MergedObjects) -> Iterator[Conflict]:
    """Two primary keys on one table."""
    touched = {
        (found.address.schema, found.address.parent)
        for found in merged.changed.values()
        if isinstance(found, Constraint) and found.type == "primary key"
    }
    for schema, name in sorted(touched):
        table = Address(Kind.TABLE, schema, name)
        keys = {
            part.address: part
            for part in merged.parts(table)
            if isinstance(part, Constraint) and part.type == "primary key"
        }
        if len(keys) > 1:
            first, second, *_ = sorted(keys)
            yield Conflict(ConflictKind.KEYS, table, "primary key", None, str(first), str(second), second)


__all__ = ["Lifted", "MergedObjects", "conflicts", "soft"]
