"""Dropped and added things that look alike: a rename, perhaps, where identity cannot tell.

Never assumed: a plan that renames what was meant to be another thing keeps the
wrong rows. It is said, and people write the RENAME themselves.
"""

from collections.abc import Iterable, Iterator, Mapping

from schemata.catalog import Address, Catalog, CatalogObject, Column, Kind
from schemata.changes import Action, Change

Shape = tuple[object, ...]


def renames_perhaps(
    changes: Iterable[Change], before: Catalog, after: Catalog
) -> tuple[tuple[Address, Address], ...]:
    """(dropped, added) of tables with the same columns, and of columns of one table with the same attributes.

    Only where no other one looks the same: of two candidates neither is named.
    """
    told = [change for change in changes if change.covered_by is None and not change.soft]
    gone = _by_shape((c.before for c in told if c.action is Action.DROP), before)
    new = _by_shape((c.after for c in told if c.action is Action.ADD), after)
    both = ((gone[shape], new[shape]) for shape in gone if shape in new)
    return tuple(sorted((old[0], now[0]) for old, now in both if len(old) == len(now) == 1))


def _by_shape(found: Iterable[CatalogObject | None], catalog: Catalog) -> Mapping[Shape, list[Address]]:
    shapes: dict[Shape, list[Address]] = {}
    for each in found:
        for shape in _shape(each, catalog):
            if each is not None:
                shapes.setdefault(shape, []).append(each.address)
    return shapes


def _shape(found: CatalogObject | None, catalog: Catalog) -> Iterator[Shape]:
    if isinstance(found, Column):
        yield (found.address.schema, found.address.parent, *_attributes(found))
    elif found is not None and found.address.kind is Kind.TABLE:
        parts = catalog.children.get(found.address, ())
        columns = sorted((part.address.name, part.type) for part in parts if isinstance(part, Column))
        if columns:
            yield ("table", *columns)


def _attributes(column: Column) -> Shape:
    return column.type, column.not_null, column.default, column.generated, column.identity
