"""What a part belongs to."""

from schemata.catalog import Address, Catalog, CatalogObject, Kind
from schemata.catalog.encoding import PARENTS

_KINDS = tuple(sorted(PARENTS))


def table_of(at: Address) -> Address:
    """Where the table of a column stands."""
    return Address(Kind.TABLE, at.schema, at.parent)


def owner_of(at: Address, catalog: Catalog) -> CatalogObject | None:
    """The table, view, domain or type that the part at `at` belongs to; None for what is no part."""
    if not at.parent:
        return None
    owners = (catalog.objects.get(Address(kind, at.schema, at.parent)) for kind in _KINDS)
    return next((owner for owner in owners if owner is not None), None)
