"""Statements that make an object as a catalog has it."""

from collections.abc import Iterator

from schemata.catalog import (
    Address,
    Catalog,
    CatalogObject,
    Column,
    Constraint,
    Domain,
    Index,
    Kind,
    Sequence,
    Table,
)
from schemata.catalog.encoding import PARENTS
from schemata.render import definition
from schemata.render.extras import comment
from schemata.render.names import name, parent, qualified
from schemata.statements import split

CREATED_INSIDE = frozenset({Kind.COLUMN, Kind.ATTRIBUTE})


def create(found: CatalogObject, catalog: Catalog) -> tuple[str, ...]:
    """The statements, each with its semicolon; none where no SQL makes such an object."""
    if isinstance(found, Sequence) and found.identity:
        return ()
    if isinstance(found, Sequence):
        # Whoever owns it may not be there yet; `own` says so later.
        found = _without_owner(found)
    text = definition(found, _own_parts(found, catalog))
    return tuple(_runnable(text))


def inside(found: CatalogObject, catalog: Catalog) -> tuple[CatalogObject, ...]:
    """The parts that the statement which makes `found` makes along with it."""
    parts = catalog.children.get(found.address, ())
    return tuple(part for part in parts if part.address.kind in CREATED_INSIDE or _inherits(part))


def own(found: Sequence) -> str:
    """The statement that ties a sequence to its column."""
    column = found.owned_by
    at = qualified(found.address)
    if column is None:
        return f"ALTER SEQUENCE {at} OWNED BY NONE;"
    return f"ALTER SEQUENCE {at} OWNED BY {parent(column)}.{name(column.name)};"


def _inherits(part: CatalogObject) -> bool:
    """What a partition or child has from above comes by itself."""
    return isinstance(part, Constraint) and part.inherited and not part.local


def _own_parts(found: CatalogObject, catalog: Catalog) -> Catalog:
    """A catalog of the object with its columns only: constraints get statements of their own."""
    if found.address.kind not in PARENTS:
        return catalog
    kept: list[CatalogObject] = [found, *inside(found, catalog)]
    if isinstance(found, Domain):
        kept = [found]
    return Catalog.of(part for part in kept if not isinstance(part, Constraint))


def _without_owner(found: Sequence) -> Sequence:
    from msgspec.structs import replace

    return replace(found, owned_by=None)


def _runnable(text: str) -> Iterator[str]:
    for statement in split(text):
        code = statement.text[len(statement.lead) :].strip()
        if code:
            yield code + ";"


def add_part(found: CatalogObject, catalog: Catalog) -> tuple[str, ...]:
    """A column or attribute of something that stands already, with its comment."""
    if isinstance(found, Column):
        return tuple(_runnable("\n".join([definition(found, catalog)])))
    at = found.address
    text = definition(found, catalog)
    return tuple(_runnable("\n".join([text, *comment(found)]))) if at.kind is Kind.ATTRIBUTE else ()


def owner_of(at: Address, catalog: Catalog) -> CatalogObject | None:
    """The table, view, domain or type that a part belongs to."""
    owners = (catalog.objects.get(Address(kind, at.schema, at.parent)) for kind in sorted(PARENTS))
    return next((owner for owner in owners if owner is not None), None) if at.parent else None


__all__ = ["Index", "Table", "add_part", "create", "inside", "own", "owner_of"]
