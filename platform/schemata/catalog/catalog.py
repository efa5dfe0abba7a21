"""The catalog: everything a database's schema is, as one immutable value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

from schemata.catalog import encoding
from schemata.catalog.address import Address, Kind
from schemata.catalog.identity import NOBODY, Identity
from schemata.catalog.objects import CatalogObject

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
        return encoding.digest_of(self._encoded.values())

    @cached_property
    def _encoded(self) -> Mapping[Address, bytes]:
        """Each object as it goes into the hash; what is another catalog's own object was encoded for that one."""
        near = self.__dict__.get("_near")
        if near is None:
            return {at: encoding.encoded(found) for at, found in self.objects.items()}
        there, known = near.objects, near._encoded
        return {
            at: known[at] if there.get(at) is found else encoding.encoded(found)
            for at, found in self.objects.items()
        }

    @cached_property
    def children(self) -> Mapping[Address, tuple[CatalogObject, ...]]:
        """Columns, constraints, indexes... by the address of what they are parts of."""
        return encoding.group_by_parent(self.objects)

    @cached_property
    def by_identity(self) -> Mapping[tuple[str, int, int], Address]:
        """Addresses by the key of what stands there; objects without an identity are in no entry."""
        return {who.key: at for at, who in self.identities.items() if who != NOBODY}

    def sharing(self, other: "Catalog") -> "Catalog":
        """The same catalog, holding `other`'s own objects and identities wherever they are equal.

        Comparing the two then costs next to nothing for what neither changed: worth
        it for catalogs of clones that are compared or merged more than once.
        """
        if self._shared_with is other:
            return self
        found = Catalog(
            _sharing(self.objects, other.objects),
            _sharing(self.identities, other.identities),
            self.dependencies,
            self.postgres,
        )
        return found.known_to_share(other)

    def known_to_share(self, other: "Catalog") -> "Catalog":
        """Itself: it was built from `other` and holds the objects of that one wherever they are equal."""
        self.__dict__["_shared"] = other
        return self.near(other)

    def near(self, other: "Catalog") -> "Catalog":
        """Itself: most of its objects are `other`'s own, so that what was worked out for those need not be again."""
        self.__dict__["_near"] = other
        return self

    @property
    def _shared_with(self) -> "Catalog | None":
        known: Catalog | None = self.__dict__.get("_shared")
        return known

    def of_kind(self, *kinds: Kind) -> tuple[CatalogObject, ...]:
        return tuple(found for found in self.objects.values() if found.address.kind in kinds)

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
