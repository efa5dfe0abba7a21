"""The catalog: everything a database's schema is, as one immutable value."""

import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from schemata.catalog import encoding, nearness
from schemata.catalog.address import Address, Kind
from schemata.catalog.identity import NOBODY, Identity
from schemata.catalog.objects import CatalogObject
from schemata.catalog.overlay import FEW

Value = TypeVar("Value")
_NOTHING: Mapping[Address, tuple[Address, ...]] = MappingProxyType({})
_NOBODY: Mapping[Address, Identity] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Catalog:
    """Objects by address, in canonical order (see `encoding.canonical_order`).

    `identities` says which objects of the database they are (empty for a catalog
    that was never in a database), `dependencies` what each object cannot be
    without, from pg_depend. Equality and hash are those of the objects alone.
    `postgres` is the server's major version, 0 where unknown.
    """

    objects: Mapping[Address, CatalogObject]
    identities: Mapping[Address, Identity] = field(default_factory=lambda: _NOBODY)
    dependencies: Mapping[Address, tuple[Address, ...]] = field(default_factory=lambda: _NOTHING)
    postgres: int = 0

    @staticmethod
    def of(objects: Iterable[CatalogObject], **rest: Any) -> "Catalog":
        """A catalog of these objects, brought into canonical order."""
        ordered = sorted(objects, key=encoding.canonical_order)
        return Catalog({found.address: found for found in ordered}, **rest)

    @cached_property
    def hash(self) -> str:
        """Hex digest of all objects: equal hashes mean equal schemas, column order included."""
        return encoding.digest_of(self._encoded)

    @cached_property
    def loose_hash(self) -> str:
        """As `hash`, the order of columns aside: equal for databases that only differ in that."""
        return encoding.digest_of(self._loosely_encoded)

    @cached_property
    def _encoded(self) -> list[bytes]:
        """Each object as it goes into the hash, in order; what another catalog has too was encoded for that one."""
        near = self._nearby
        if near is None:
            return [encoding.encoded(found) for found in self.objects.values()]
        patch = nearness.patch(near._ordered, near.objects, self.objects, self.apart)
        return patch.apply(near._encoded, encoding.encoded)

    @cached_property
    def _loosely_encoded(self) -> list[bytes]:
        """In the order of `_sorted`."""
        near = self._nearby
        if near is None:
            return [encoding.loosely_encoded(self.objects[at]) for at in self._sorted]
        patch = nearness.patch(near._sorted, near.objects, self.objects, self.apart, encoding.address_of)
        return patch.apply(near._loosely_encoded, encoding.loosely_encoded)

    @cached_property
    def _ordered(self) -> list[CatalogObject]:
        return list(self.objects.values())

    @cached_property
    def _sorted(self) -> list[Address]:
        return sorted(self.objects)

    @cached_property
    def children(self) -> Mapping[Address, tuple[CatalogObject, ...]]:
        """Columns, constraints, indexes... by the address of what they are parts of."""
        near = self._nearby
        if near is not None:
            known = nearness.regrouped(near.children, near.objects, self.objects, self.apart)
            if known is not None:
                return known
        return encoding.group_by_parent(self.objects)

    @property
    def by_identity(self) -> Mapping[tuple[str, int, int], Address]:
        """Addresses by the key of what stands there; objects without an identity are in no entry."""
        return self._by_key[0]

    @cached_property
    def _by_key(self) -> tuple[Mapping[tuple[str, int, int], Address], bool]:
        """And whether each object has a key of its own: in a merge, columns that both sides added may have not."""
        near = self._nearby
        if near is not None and near._by_key[1]:
            found = nearness.renamed_keys(near.by_identity, near.identities, self.identities, self.apart)
            if found is not None:
                return found, True
        keys = [(who.key, at) for at, who in self.identities.items() if who != NOBODY]
        return dict(keys), len(dict(keys)) == len(keys)

    def sharing(self, other: "Catalog") -> "Catalog":
        """The same catalog, holding `other`'s own objects and identities wherever they are equal.

        Comparing the two then costs next to nothing for what neither changed: worth
        it for catalogs of clones that are compared or merged more than once.
        """
        if other is self or self._shared_with is other:
            return self
        found = Catalog(
            _sharing(self.objects, other.objects),
            _sharing(self.identities, other.identities),
            self.dependencies,
            self.postgres,
        )
        return found.known_to_share(other)

    def known_to_share(self, other: "Catalog", apart: frozenset[Address] | None = None) -> "Catalog":
        """Itself: it was built from `other` and holds the objects of that one wherever they are equal."""
        self.__dict__["_shared"] = weakref.ref(other)
        return self.near(other, apart)

    def near(self, other: "Catalog", apart: frozenset[Address] | None = None) -> "Catalog":
        """Itself: most of its objects are `other`'s own, so that what was worked out for those need not be again.

        Outside of `apart`, where that is given, objects are `other`'s own and identities equal.
        """
        if apart is not None:
            other, apart = nearness.not_too_far(other, apart)
            self.__dict__["apart"] = apart
        self.__dict__["_near"] = other
        return self

    @property
    def made_of(self) -> "Catalog | None":
        """The catalog that it is `near`."""
        known: Catalog | None = self.__dict__.get("_near")
        return known

    @property
    def _nearby(self) -> "Catalog | None":
        """The catalog that it is near, where what differs is little."""
        return self.made_of if len(self.apart) <= FEW else None

    @cached_property
    def apart(self) -> frozenset[Address]:
        """Where it may not be as the catalog that it is near."""
        return nearness.scanned(self.made_of, self) if self.made_of is not None else frozenset()

    @property
    def _shared_with(self) -> "Catalog | None":
        known = self.__dict__.get("_shared")
        found: Catalog | None = known() if known else None
        return found

    def of_kind(self, *kinds: Kind) -> tuple[CatalogObject, ...]:
        return tuple(each for kind, found in self._by_kind.items() if kind in kinds for each in found)

    @cached_property
    def _by_kind(self) -> Mapping[Kind, list[CatalogObject]]:
        """In the order of the objects, which stand by kind."""
        found: dict[Kind, list[CatalogObject]] = {}
        for at, each in self.objects.items():
            found.setdefault(at.kind, []).append(each)
        return found

    def to_json(self, *, identity: bool = True) -> bytes:
        """Canonical JSON: the same catalog gives the same bytes.

        With `identity` a stored catalog stays comparable by identity with others
        of its origin; without it the bytes depend on the schema alone.
        """
        return encoding.encode(self, identity=identity)

    @staticmethod
    def from_json(text: bytes | str) -> "Catalog":
        """The inverse of `to_json`. Raises `CatalogFormatError` on anything else."""
        return Catalog(**encoding.decode(text))

    def __eq__(self, other: object) -> bool:
        return self.objects == other.objects if isinstance(other, Catalog) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.hash)


def _sharing(values: Mapping[Address, Value], known: Mapping[Address, Value]) -> dict[Address, Value]:
    """The same values, with those of `known` in the place of equal ones."""
    # Written out in one line: this is done for each object of a schema, several times in a merge.
    get = known.get
    return {
        at: other if (other := get(at)) == found and other is not None else found
        for at, found in values.items()
    }


EMPTY = Catalog({})
