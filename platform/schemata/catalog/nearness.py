"""What a catalog owes to another one that it was made of: only what differs is looked at, and worked out anew.

A catalog is `near` another where most of its objects and identities are that one's very own. Two
that are near a third one can differ only where either is not as that is.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from schemata.catalog.address import Address
from schemata.catalog.encoding import PARENTS, canonical_order
from schemata.catalog.identity import NOBODY, Identity
from schemata.catalog.objects import CatalogObject

if TYPE_CHECKING:
    from schemata.catalog.catalog import Catalog

# Templates are made of one another, one a push: nothing shall take longer for every push that there was.
FARTHEST = 8
Value = TypeVar("Value")
Groups = Mapping[Address, tuple[CatalogObject, ...]]
Key = tuple[str, int, int]


def may_differ(before: "Catalog", after: "Catalog") -> frozenset[Address] | None:
    """Outside of these addresses both hold the very same objects, of equal identity; None where none is known."""
    known = dict(_way_up(before))
    for catalog, apart in _way_up(after):
        if catalog in known:
            return known[catalog] | apart
    return None


def _way_up(catalog: "Catalog") -> Iterator[tuple[int, frozenset[Address]]]:
    """Each catalog that this one is near, itself first, and where it may differ from that."""
    here: Catalog | None = catalog
    apart: frozenset[Address] = frozenset()
    while here is not None:
        yield id(here), apart
        apart |= here.apart
        here = here.made_of


def not_too_far(catalog: "Catalog", apart: frozenset[Address]) -> tuple["Catalog", frozenset[Address]]:
    """The catalog, or where it stands at the end of a long way the first one of that, and what may differ from it."""
    steps, here = 0, catalog
    while here.made_of is not None:
        steps, here = steps + 1, here.made_of
    return (catalog, apart) if steps < FARTHEST else (here, apart | dict(_way_up(catalog))[id(here)])


def objects_apart(before: "Catalog", after: "Catalog") -> list[Address]:
    """Where the two do not hold the very same object, in order."""
    ours, theirs = before.objects, after.objects
    known = may_differ(before, after)
    if known is not None:
        return sorted(at for at in known if ours.get(at) is not theirs.get(at))
    apart = [at for at, found in ours.items() if theirs.get(at) is not found]
    return sorted([*apart, *(at for at in theirs if at not in ours)])


def scanned(before: "Catalog", after: "Catalog") -> frozenset[Address]:
    """Where objects or identities are not the very same ones, told by a look at all of them."""
    return frozenset((*_other(before.objects, after.objects), *_other(before.identities, after.identities)))


def _other(before: Mapping[Address, Value], after: Mapping[Address, Value]) -> Iterator[Address]:
    yield from (at for at, value in after.items() if before.get(at) is not value)
    yield from (at for at in before if at not in after)


@dataclass(frozen=True, slots=True)
class Patch:
    """How a list with an entry for each object of one catalog becomes another's.

    `steps` are places in the first, whether what stands there goes, and what comes before it instead.
    """

    steps: tuple[tuple[int, bool, CatalogObject], ...]

    def apply(self, known: Sequence[Value], value: Callable[[CatalogObject], Value]) -> list[Value]:
        """The list for the other catalog; `value` gives an object's entry."""
        found = list(known)
        for place, goes, each in reversed(self.steps):
            if goes:
                del found[place]
            else:
                found.insert(place, value(each))
        return found


def patch(
    ordered: Sequence[Any],
    before: Mapping[Address, CatalogObject],
    after: Mapping[Address, CatalogObject],
    apart: Collection[Address],
    order: Callable[[CatalogObject], Any] = canonical_order,
) -> Patch:
    """From objects `before` to `after`, which differ at `apart` at most. `ordered` are the places of the first, by
    `order`: the objects themselves, or what `order` gives of them."""
    key = order if ordered and isinstance(ordered[0], CatalogObject) else None
    gone = [before[at] for at in apart if at in before]
    fresh = [after[at] for at in apart if at in after]
    steps = [(bisect_left(ordered, order(each), key=key), True, each) for each in gone]
    assert all(ordered[place] in (each, each.address) for place, _, each in steps), "objects are out of order"
    steps += [(bisect_left(ordered, order(each), key=key), False, each) for each in fresh]
    return Patch(tuple(sorted(steps, key=lambda step: (step[0], step[1], order(step[2])))))


def regrouped(
    groups: Groups,
    before: Mapping[Address, CatalogObject],
    after: Mapping[Address, CatalogObject],
    apart: Collection[Address],
) -> Groups | None:
    """Parts by their owner in `after`; None where owners came or went, or get their first parts or lose the last."""
    if any((at in before) != (at in after) for at in apart if at.kind in PARENTS):
        return None
    found = dict(groups)
    owned = [(owner, at) for at in apart if at.parent and (owner := _owner(at, after)) is not None]
    for owner in {owner for owner, _ in owned}:
        parts = [part for part in groups.get(owner, ()) if part.address not in apart]
        fresh = [after[at] for whose, at in owned if whose == owner and at in after]
        if owner not in groups or not (parts or fresh):
            return None
        found[owner] = tuple(sorted([*parts, *fresh], key=canonical_order))
    return found


def _owner(at: Address, objects: Mapping[Address, CatalogObject]) -> Address | None:
    """The last one in order, where a draft has two under one name."""
    owners = (Address(kind, at.schema, at.parent) for kind in sorted(PARENTS, reverse=True))
    return next((owner for owner in owners if owner in objects), None)


def renamed_keys(
    known: Mapping[Key, Address],
    before: Mapping[Address, Identity],
    after: Mapping[Address, Identity],
    apart: Collection[Address],
) -> Mapping[Key, Address] | None:
    """Addresses by identity in `after`; None where two objects are one, and the order decides which counts."""
    found = dict(known)
    for at in apart:
        who = before.get(at, NOBODY)
        if who != NOBODY and found.pop(who.key, None) != at:
            return None
    fresh = [(after[at].key, at) for at in apart if after.get(at, NOBODY) != NOBODY]
    most = len(found) + len(fresh)
    found.update(fresh)
    return found if len(found) == most else None
