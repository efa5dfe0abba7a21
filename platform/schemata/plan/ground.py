"""The two catalogs that an alteration leads from and to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from schemata.catalog import Address, Catalog, CatalogObject, Table
from schemata.plan.owners import owner_of

# From then on partitions have the identity of the whole (manual, ALTER TABLE).
_SHARED_IDENTITY_SINCE = 17


@dataclass(frozen=True, eq=False)
class Ground:
    """Both catalogs, and what an alteration asks about the surroundings of an object."""

    before: Catalog
    after: Catalog
    retyped: frozenset[Address] = frozenset()
    """Columns, after, whose type is another one of the same name."""
    moved: Mapping[Address, Address] = field(default_factory=dict)
    """Where objects stood before, by their addresses after, for those that stand elsewhere now."""

    def has_heirs(self, at: Address) -> bool:
        """Whether other tables inherit from the table of this part, so that ALTER TABLE reaches them too."""
        return (at.schema, at.parent) in self._heirs

    def adds_no_identity(self, at: Address) -> bool:
        """Whether a column can't be an identity column when it is added, as heirs get it too but no identity."""
        table = owner_of(at, self.after)
        shares = getattr(table, "partition_key", "") and self.after.postgres >= _SHARED_IDENTITY_SINCE
        return self.has_heirs(at) and not shares

    @cached_property
    def _heirs(self) -> frozenset[tuple[str, str]]:
        tables = (each for each in self.after.objects.values() if isinstance(each, Table))
        return frozenset((above.schema, above.name) for each in tables for above in each.parents)

    def beside(self, at: Address) -> Iterator[CatalogObject]:
        """All parts, after, of the table that the part at `at` belongs to."""
        owner = owner_of(at, self.after)
        yield from self.after.children.get(owner.address, ()) if owner else ()

    def above(self, at: Address) -> Iterator[tuple[CatalogObject | None, CatalogObject | None]]:
        """The same part of each parent of its table, before and after."""
        table = owner_of(at, self.after)
        for up in table.parents if isinstance(table, Table) else ():
            place = Address(at.kind, up.schema, at.name, up.name)
            was = self.moved.get(place, place)
            yield self.before.objects.get(was), self.after.objects.get(place)
