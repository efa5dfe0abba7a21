"""Partitions and inheriting tables that one side made, when the other side changed their parents.

Manual: 5.11 (Inheritance), 5.12 (Table Partitioning): columns of a parent are
those of every child. Copies of a parent's indexes, constraints and triggers get
names that only Postgres knows; `proof` takes them as they come.
"""

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from schemata.catalog import Address, Catalog, CatalogObject, Column, Kind, Table
from schemata.merge.dependencies import Trail

INHERITED = ("type", "not_null", "generated", "collation")


def followers(
    base: Catalog,
    changed: Mapping[Address, CatalogObject],
    trails: Mapping[Address, Trail],
    get: Callable[[Address], CatalogObject | None],
) -> Iterator[tuple[Address, CatalogObject | None]]:
    """Columns of new children as they must become; None for one that goes. Few schemas have any."""
    children = [
        found
        for found in changed.values()
        if isinstance(found, Table) and found.parents and trails[found.address].base is None
    ]
    found: list[tuple[Address, CatalogObject | None]] = []
    for child in children:
        for parent in child.parents:
            found += _columns(base, changed, child.address, parent, get)
    yield from found


def _columns(
    base: Catalog,
    changed: Mapping[Address, CatalogObject],
    child: Address,
    parent: Address,
    get: Callable[[Address], CatalogObject | None],
) -> Iterator[tuple[Address, CatalogObject | None]]:
    place = (parent.schema, parent.name)
    columns = [each for each in changed.values() if isinstance(each, Column)]
    touched = [each for each in columns if (each.address.schema, each.address.parent) == place]
    for column in touched:
        at = Address(Kind.COLUMN, child.schema, column.address.name, child.name)
        copy = get(at)
        before = base.objects.get(column.address)
        if copy is None:
            yield at, replace(column, address=at, inherited=True, local=False, comment="", privileges=())
        elif isinstance(copy, Column) and isinstance(before, Column):
            names = [name for name in INHERITED if getattr(column, name) != getattr(before, name)]
            yield at, replace(copy, **{name: getattr(column, name) for name in names})
    for each in columns:
        at = each.address
        is_copy = (at.schema, at.parent) == (child.schema, child.name) and each.inherited and not each.local
        if is_copy and get(Address(Kind.COLUMN, place[0], at.name, place[1])) is None:
            yield at, None
