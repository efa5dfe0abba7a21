"""Partitions and inheriting tables that one side made, when the other side changed their parents.

Manual: 5.11 (Inheritance), 5.12 (Table Partitioning): columns of a parent are
those of every child. Copies of a parent's indexes, constraints and triggers get
names that only Postgres knows; `proof` takes them as they come.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

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
    columns = _by_table(changed) if children else {}
    pairs = [(child.address, parent) for child in children for parent in child.parents]
    for child, parent in pairs:
        yield from _copies(base, columns.get((parent.schema, parent.name), ()), child, get)
        for column in columns.get((child.schema, child.name), ()):
            at = Address(Kind.COLUMN, parent.schema, column.address.name, parent.name)
            if column.inherited and not column.local and get(at) is None:
                yield column.address, None


def _by_table(changed: Mapping[Address, CatalogObject]) -> Mapping[tuple[str, str], list[Column]]:
    found: dict[tuple[str, str], list[Column]] = {}
    for each in changed.values():
        if isinstance(each, Column):
            found.setdefault((each.address.schema, each.address.parent), []).append(each)
    return found


def _copies(
    base: Catalog,
    columns: Iterable[Column],
    child: Address,
    get: Callable[[Address], CatalogObject | None],
) -> Iterator[tuple[Address, CatalogObject]]:
    """What a child has of the columns that were touched on its parent."""
    for column in columns:
        at = Address(Kind.COLUMN, child.schema, column.address.name, child.name)
        copy, before = get(at), base.objects.get(column.address)
        if copy is None:
            yield at, replace(column, address=at, inherited=True, local=False, comment="", privileges=())
        elif isinstance(copy, Column) and isinstance(before, Column):
            names = [name for name in INHERITED if getattr(column, name) != getattr(before, name)]
            yield at, replace(copy, **{name: getattr(column, name) for name in names})
