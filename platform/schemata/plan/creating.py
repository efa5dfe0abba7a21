"""Statements that make an object as a catalog has it."""

from collections.abc import Iterator

from msgspec.structs import replace

from schemata.catalog import (
    Address,
    Aggregate,
    Attribute,
    Catalog,
    CatalogObject,
    Column,
    Constraint,
    Domain,
    Index,
    Kind,
    Other,
    Sequence,
    Table,
)
from schemata.catalog.encoding import PARENTS
from schemata.plan.constraints import comments
from schemata.plan.kept import create_kept
from schemata.plan.operators import create_aggregate
from schemata.render import definition
from schemata.render.extras import comment, grants
from schemata.render.names import name
from schemata.render.tables import identity_sequence
from schemata.statements import split

CREATED_INSIDE = frozenset({Kind.COLUMN, Kind.ATTRIBUTE})


def create(found: CatalogObject, catalog: Catalog, *, apart: bool = False) -> tuple[str, ...]:
    """The statements, each with its semicolon; none where no SQL makes such an object.

    `apart`: a partition as a table of its own.
    """
    if isinstance(found, Other):
        made = create_kept(found)
        return (*made, *comment(found), *_granted(found)) if made else ()
    if isinstance(found, Aggregate):
        return (create_aggregate(found), *comment(found), *grants(found))
    if isinstance(found, Constraint):
        return (*_runnable(definition(replace(found, comment=""), catalog)), *comments(found, catalog))
    if isinstance(found, Index) and not found.valid:
        return _index_of_whole_alone(found, catalog)
    if isinstance(found, Sequence):
        # Whoever owns it may not be there yet; `parting.tying` says so later.
        found = replace(found, owned_by=None)
    if isinstance(found, Table) and apart:
        return _apart(found, catalog)
    return (*_runnable(definition(found, _own_parts(found, catalog))), *_of_parts(found, catalog))


def inside(found: CatalogObject, catalog: Catalog) -> tuple[CatalogObject, ...]:
    """The parts that the statement which makes `found` makes along with it."""
    parts = catalog.children.get(found.address, ())
    return tuple(part for part in parts if part.address.kind in CREATED_INSIDE or _inherits(part))


def add_part(found: CatalogObject, catalog: Catalog) -> tuple[str, ...]:
    """A column or attribute of something that stands already, with its comment."""
    return tuple(_runnable(definition(found, catalog)))


def _granted(found: Other) -> Iterator[str]:
    return grants(found) if found.address.kind is not Kind.DEFAULT_PRIVILEGES else iter(())


def _inherits(part: CatalogObject) -> bool:
    """What a partition or child has from above comes by itself."""
    return isinstance(part, Constraint) and part.inherited and not part.local


def _own_parts(found: CatalogObject, catalog: Catalog) -> Catalog:
    """A catalog of the object with its columns only: constraints get statements of their own."""
    if found.address.kind not in PARENTS:
        return catalog
    kept: list[CatalogObject] = [found]
    if not isinstance(found, Domain):
        kept += [part for part in inside(found, catalog) if not isinstance(part, Constraint)]
        kept += _sequences_of(kept, catalog)
    return Catalog.of(kept)


def _sequences_of(parts: list[CatalogObject], catalog: Catalog) -> list[CatalogObject]:
    """Those of identity columns, which may have names of their own."""
    columns = (part.address for part in parts if isinstance(part, Column) and part.identity)
    return [found for at in columns if (found := identity_sequence(at, catalog))]


def _apart(found: Table, catalog: Catalog) -> tuple[str, ...]:
    parts = _own_parts(found, catalog).objects.values()
    table = replace(found, parents=(), partition_bound="")
    kept = [replace(part, local=True) for part in parts if isinstance(part, Column)]
    return tuple(_runnable(definition(table, Catalog.of([table, *kept]))))


def _of_parts(found: CatalogObject, catalog: Catalog) -> Iterator[str]:
    """Comments on the attributes of a composite type; those on columns are part of the definition."""
    for part in catalog.children.get(found.address, ()):
        if isinstance(part, Attribute):
            yield from comment(part)


def _index_of_whole_alone(found: Index, catalog: Catalog) -> tuple[str, ...]:
    """An index of a partitioned table that its partitions have not got: nothing else is made invalid by SQL."""
    table = catalog.objects.get(Address(Kind.TABLE, found.address.schema, found.address.parent))
    if not isinstance(table, Table) or not table.partition_key:
        return ()
    on = f"INDEX {name(found.address.name)} ON "
    first, *rest = _runnable(definition(found, catalog))
    return (first.replace(on, on + "ONLY ", 1), *rest)


def _runnable(text: str) -> Iterator[str]:
    for statement in split(text):
        code = statement.text[len(statement.lead) :].strip()
        if code:
            yield code + ";"
