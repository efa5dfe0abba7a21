"""Which object of one catalog is which object of the other.

Most objects are the same on both sides, so they are set aside by one comparison
each; all further work is for what is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import eq, is_

from schemata.catalog import (
    NOBODY,
    Address,
    Aggregate,
    Catalog,
    CatalogObject,
    Enum,
    Function,
    Identity,
    Kind,
)
from schemata.catalog.encoding import PARENTS, canonical_order
from schemata.catalog.nearness import may_differ

# What holds data or state: made anew under the same name, it is another one.
IRREPLACEABLE = frozenset({Kind.TABLE, Kind.FOREIGN_TABLE, Kind.SEQUENCE, Kind.COLUMN, Kind.ATTRIBUTE})

Place = tuple[str, str]  # schema and name of a relation or type


@dataclass(frozen=True, slots=True)
class Pair:
    """The same object before and after, or (`recreated`) one made anew in the other's place.

    `referring` are the attributes that mean the same although their text may differ.
    """

    before: CatalogObject
    after: CatalogObject
    recreated: bool = False
    referring: frozenset[str] = frozenset()
    renamed_values: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Match:
    """Every object that is not equal on both sides: paired, or on one side only."""

    before: Catalog
    after: Catalog
    pairs: list[Pair] = field(default_factory=list)
    dropped: list[CatalogObject] = field(default_factory=list)
    added: list[CatalogObject] = field(default_factory=list)
    schemas: dict[str, str] = field(default_factory=dict)
    trunk: Catalog | None = None

    def is_renamed(self, pair: Pair) -> bool:
        """Whether the object itself was renamed or moved, not only what its address mentions."""
        before, after = pair.before.address, pair.after.address
        if before == after:
            return False
        if not before.parent and self.schemas.get(before.schema, before.schema) != after.schema:
            return True
        return _own_name(pair.before) != _own_name(pair.after)


def _own_name(found: CatalogObject) -> str:
    return found.name if isinstance(found, Function | Aggregate) else found.address.name


def match(before: Catalog, after: Catalog, *, same_origin: bool, trunk: Catalog | None = None) -> Match:
    found = Match(before, after, trunk=trunk)
    apart = _MadeApart(found)
    if same_origin:
        left, right = _differing_nearby(before, after) or _differing_by_identity(before, after)
        _pair_by_identity(found, left, right, apart)
    else:
        left, right = _differing_by_address(before, after)
    _pair_by_address(found, left, right, apart, same_origin=same_origin)
    return found


Objects = dict[Address, CatalogObject]


def _differing_by_address(before: Catalog, after: Catalog) -> tuple[Objects, Objects]:
    there = after.objects
    left = {at: each for at, each in before.objects.items() if there.get(at) != each}
    return left, _counterparts(left, before, after)


def _differing_nearby(before: Catalog, after: Catalog) -> tuple[Objects, Objects] | None:
    """As `_differing_by_identity`, of catalogs that are known to be the same but for a few objects."""
    known = may_differ(before, after)
    if known is None:
        return None
    apart = {at for at in known if not _is_alike(at, before, after)}
    mine = sorted((before.objects[at] for at in apart if at in before.objects), key=canonical_order)
    its = sorted((after.objects[at] for at in apart if at in after.objects), key=canonical_order)
    return {each.address: each for each in mine}, {each.address: each for each in its}


def _is_alike(at: Address, before: Catalog, after: Catalog) -> bool:
    if before.objects.get(at) != after.objects.get(at):
        return False
    return _is_same(before.identities.get(at, NOBODY), after.identities.get(at, NOBODY))


def _differing_by_identity(before: Catalog, after: Catalog) -> tuple[Objects, Objects]:
    """Walk both catalogs in their common order; where they part, go on by address."""
    left: Objects = {}
    right: Objects = {}
    ours, theirs = list(before.objects.values()), list(after.objects.values())
    ours_are, theirs_are = _identities(before), _identities(after)
    place = other = 0
    while place < len(ours) and other < len(theirs):
        mine, its = ours[place], theirs[other]
        whose, identity = ours_are[place], theirs_are[other]
        if mine == its and (whose == identity or _is_same(whose, identity)):
            equal = 1 + _equal(ours, theirs, place + 1, other + 1)
            equal = 1 + _equal(ours_are, theirs_are, place + 1, other + 1, equal - 1)
            place += equal
            other += equal
            continue
        # One that the other catalog lacks is passed over alone.
        if mine.address == its.address or its.address in before.objects:
            left[mine.address] = mine
            place += 1
        if mine.address == its.address or its.address not in before.objects or mine.address in after.objects:
            right[its.address] = its
            other += 1
    left.update((each.address, each) for each in ours[place:])
    right.update((each.address, each) for each in theirs[other:])
    return left, right


STRIDE = 256


def _equal(
    ours: Sequence[object], theirs: Sequence[object], place: int, other: int, most: int = STRIDE
) -> int:
    """How many from here on are equal, one by one, as far as one stride; lists compare without Python."""
    mine, its = ours[place : place + most], theirs[other : other + most]
    if mine == its:
        return len(mine)
    same = list(map(eq, mine, its))
    return same.index(False) if False in same else len(same)


def _identities(catalog: Catalog) -> list[Identity]:
    """In the order of the objects, as a reader keeps them anyway."""
    known = catalog.identities
    if len(known) == len(catalog.objects) and all(map(is_, known, catalog.objects)):
        return list(known.values())
    return [known.get(at, NOBODY) for at in catalog.objects]


def _counterparts(left: Objects, before: Catalog, after: Catalog) -> Objects:
    """What `after` has of the addresses in `left`, and what only `after` has; in its order."""
    there = after.objects
    new = there.keys() - before.objects.keys()
    new |= left.keys() & there.keys()
    return {at: there[at] for at in there if at in new} if new else {}


def _is_same(before: Identity, after: Identity) -> bool:
    return before[:3] == after[:3]


def _pair_by_identity(found: Match, left: Objects, right: Objects, apart: "_MadeApart") -> None:
    """Pair what has one identity, and take it out of `left` and `right`.

    What was made after the trunk has none in common: two columns that both sides
    added to one table have the same attnum and are not the same column.
    """
    ours, theirs = found.before.identities, found.after.identities
    by_key = {theirs[at].key: at for at in right if theirs.get(at, NOBODY) != NOBODY}
    for at in [at for at in left if ours.get(at, NOBODY) != NOBODY]:
        other = by_key.get(ours[at].key)
        if other is not None and not apart.both(at, other):
            before, after = left.pop(at), right.pop(other)
            unchanged = _unchanged_references(before, ours[at], theirs[other])
            values = _renamed_values(before, after, ours[at], theirs[other])
            found.pairs.append(Pair(before, after, False, unchanged, values))
            if at.kind == Kind.SCHEMA:
                found.schemas[at.name] = other.name


def _unchanged_references(found: CatalogObject, before: Identity, after: Identity) -> frozenset[str]:
    tokens = zip(found.REFERRING, before.tokens, after.tokens, strict=False)
    return frozenset(name for name, ours, theirs in tokens if ours == theirs)


def _renamed_values(
    before: CatalogObject, after: CatalogObject, ours: Identity, theirs: Identity
) -> tuple[tuple[str, str], ...]:
    """Values of an enum that kept their oid and have another label."""
    if not (isinstance(before, Enum) and isinstance(after, Enum)):
        return ()
    labels = dict(zip(theirs.parts, after.values, strict=True))
    known = zip(ours.parts, before.values, strict=True)
    return tuple((old, labels[oid]) for oid, old in known if oid in labels and labels[oid] != old)


def _pair_by_address(
    found: Match, left: Objects, right: Objects, apart: "_MadeApart", *, same_origin: bool
) -> None:
    """Pair what is left by name, as far as what stands there now can pass for what stood there."""
    places = _Places(found, left)
    for at, each in left.items():
        other = places.translate(at)
        if other is None or other not in right:
            found.dropped.append(each)
        elif not same_origin or apart.both(at, other):
            found.pairs.append(Pair(each, right.pop(other)))
        elif places.may_replace(at):
            found.pairs.append(_replacing(found, each, right.pop(other)))
        else:
            found.dropped.append(each)
    found.added.extend(right.values())


def _replacing(found: Match, before: CatalogObject, after: CatalogObject) -> Pair:
    ours = found.before.identities.get(before.address)
    theirs = found.after.identities.get(after.address)
    if ours is None or theirs is None or NOBODY in (ours, theirs):
        return Pair(before, after)
    return Pair(before, after, True, _unchanged_references(before, ours, theirs))


class _MadeApart:
    """Knows what both sides made on their own, after their common trunk: nobody's loss, only a difference."""

    def __init__(self, found: Match) -> None:
        self._found = found

    def both(self, before: Address, after: Address) -> bool:
        if self._found.trunk is None:
            return False
        ours, theirs = self._found.before.identities.get(before), self._found.after.identities.get(after)
        return self._is_new(ours) and self._is_new(theirs)

    def _is_new(self, who: Identity | None) -> bool:
        return who is not None and who != NOBODY and who.key not in self._known

    @cached_property
    def _known(self) -> frozenset[tuple[str, int, int]]:
        trunk = self._found.trunk
        return frozenset(who.key for who in trunk.identities.values()) if trunk else frozenset()


class _Places:
    """Where relations and types of `before` stand in `after`."""

    def __init__(self, found: Match, left: Objects) -> None:
        self._schemas: Mapping[str, str] = found.schemas
        self._moved: dict[Place, Place] = {}
        for pair in found.pairs:
            at, to = pair.before.address, pair.after.address
            if at.kind in PARENTS:
                self._moved[at.schema, at.name] = (to.schema, to.name)
        # Of those that were not matched by identity, the irreplaceable ones are gone with all their parts.
        self._gone = _places(at for at in left if at.kind in IRREPLACEABLE)
        self._replaced = _places(at for at in left if at.kind not in IRREPLACEABLE)

    def translate(self, at: Address) -> Address | None:
        """The address that `at` has in `after` if it is still there and was not renamed itself."""
        schema = self._schemas.get(at.schema, at.schema)
        if not at.parent:
            return Address(at.kind, schema, at.name)
        schema, parent = self._moved.get((at.schema, at.parent), (schema, at.parent))
        return Address(at.kind, schema, at.name, parent)

    def may_replace(self, at: Address) -> bool:
        if at.parent:
            place = (at.schema, at.parent)
            return place in self._replaced or (place not in self._gone and at.kind not in IRREPLACEABLE)
        return at.kind not in IRREPLACEABLE


def _places(addresses: Iterable[Address]) -> frozenset[Place]:
    return frozenset((at.schema, at.name) for at in addresses if at.kind in PARENTS)
