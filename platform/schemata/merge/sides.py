"""What one side did to the base, ready to be asked object by object."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemata.catalog import NOBODY, Address, Catalog, CatalogObject, Function, Identity, Kind
from schemata.diff.matching import Pair, match

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Side:
    """One side against the base. Untouched objects are in none of these.

    `pairs` are objects of the base (by their address there) that the side altered,
    renamed or replaced; `dropped` are addresses in the base; `added` are by their
    address on this side, `origins` leads from there back to the base.
    """

    base: Catalog
    catalog: Catalog
    pairs: Mapping[Address, Pair]
    dropped: Mapping[Address, CatalogObject]
    added: Mapping[Address, CatalogObject]
    origins: Mapping[Address, Address]

    def now(self, at: Address) -> CatalogObject | None:
        """The object of the base at `at` as it is on this side; None where it was dropped."""
        if at in self.pairs:
            return self.pairs[at].after
        return None if at in self.dropped else self.base.objects[at]

    def identity(self, at: Address) -> Identity:
        """Who the object of the base at `at` is on this side."""
        if at in self.pairs:
            return self.catalog.identities.get(self.pairs[at].after.address, NOBODY)
        return self.base.identities.get(at, NOBODY)

    def unchanged_text(self, at: Address) -> frozenset[str]:
        """Attributes that mean what they meant although their wording may differ."""
        return self.pairs[at].referring if at in self.pairs else NOTHING

    def origin(self, at: Address) -> Address | None:
        """Where the object that this side has at `at` stands in the base; None for a new one."""
        if at in self.origins:
            return self.origins[at]
        return None if at in self.added else at if at in self.base.objects else None

    @cached_property
    def renamed(self) -> frozenset[str]:
        """Names in the base of what this side renamed or moved, and of schemas that it renamed."""
        moved = (pair.before.address for pair in self.pairs.values() if _is_moved(pair))
        return frozenset(at.name for at in moved)

    @cached_property
    def renamed_values(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """New labels of enum values by their old ones, by the enum's schema and name in the base."""
        return {
            (at.schema, at.name): dict(pair.renamed_values)
            for at, pair in self.pairs.items()
            if pair.renamed_values
        }

    @cached_property
    def routines(self) -> frozenset[tuple[str, str]]:
        """Schema and bare name of every routine on this side."""
        kinds = (Kind.FUNCTION, Kind.PROCEDURE)
        return frozenset(
            (at.schema, found.name)
            for at, found in self.catalog.objects.items()
            if at.kind in kinds and isinstance(found, Function)
        )

    def place(self, at: Address) -> tuple[str, str]:
        """Schema and name that an object of the base has on this side."""
        found = self.now(at)
        now = found.address if found else at
        return now.schema, now.name

    def news(self) -> Iterator[CatalogObject]:
        """What this side has that the base has not, or not so: added and altered objects."""
        yield from self.added.values()
        yield from (pair.after for pair in self.pairs.values())


def _is_moved(pair: Pair) -> bool:
    before, after = pair.before.address, pair.after.address
    return before.name != after.name or (not before.parent and before.schema != after.schema)


def read_side(base: Catalog, catalog: Catalog) -> Side:
    """Compare one side with the base, by identity: both are clones of one template."""
    found = match(base, catalog, same_origin=True)
    return Side(
        base,
        catalog,
        {pair.before.address: pair for pair in found.pairs},
        {gone.address: gone for gone in found.dropped},
        {new.address: new for new in found.added},
        {pair.after.address: pair.before.address for pair in found.pairs},
    )
