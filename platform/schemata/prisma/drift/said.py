"""What the schema file says, by the address under which a database would have it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemata.catalog import Address, Kind
from schemata.prisma.datamodel import Datamodel, Place, TableSpec
from schemata.prisma.names import LIMIT_BYTES

DEFAULT_SCHEMA = "public"
# Prisma's own table, which no schema file speaks of.
BOOKKEEPING = "_prisma_migrations"


@dataclass(frozen=True, slots=True)
class Said:
    """Places by address; `lists` are columns of list fields, `implicit` tables without a model (schema, name).

    `open_defaults` are columns whose default the file leaves open.
    `schemas` are the database schemas that Prisma looks at, `source` where the datasource lists them.
    """

    places: Mapping[Address, Place]
    lists: frozenset[Address]
    implicit: frozenset[tuple[str, str]]
    schemas: frozenset[str]
    source: Place | None = None
    open_defaults: frozenset[Address] = frozenset()

    def place(self, at: Address) -> Place | None:
        """Where the object is said; for one that is not, its table's place."""
        wholes = (Kind.TABLE, Kind.VIEW)
        parents = (self.places.get(Address(kind, at.schema, at.parent)) for kind in wholes)
        return self.places.get(at) or next(filter(None, parents), None)

    def is_implicit(self, at: Address) -> bool:
        return (at.schema, at.parent or at.name) in self.implicit

    def is_view(self, at: Address) -> bool:
        """Whether the object is a part of a declared view."""
        return Address(Kind.VIEW, at.schema, at.parent) in self.places

    def is_list(self, at: Address) -> bool:
        return at in self.lists


def said(datamodel: Datamodel, source: Place | None = None) -> Said:
    tables = datamodel.tables
    return Said(
        dict(places(datamodel)),
        frozenset(_column(t, c.name) for t in tables for c in t.columns if c.type.endswith("[]")),
        frozenset(_key(t.schema, t.name) for t in tables if t.implicit),
        frozenset(datamodel.schemas or (DEFAULT_SCHEMA,)),
        source,
        frozenset(_column(t, c.name) for t in tables for c in t.columns if c.any_default),
    )


def cut(name: str) -> str:
    """A name as Postgres keeps it (manual, 4.1.1: NAMEDATALEN - 1 bytes)."""
    return name.encode()[:LIMIT_BYTES].decode(errors="ignore")


def _key(schema: str, name: str) -> tuple[str, str]:
    return schema or DEFAULT_SCHEMA, cut(name)


def _column(table: TableSpec, name: str) -> Address:
    schema, parent = _key(table.schema, table.name)
    return Address(Kind.COLUMN, schema, cut(name), parent)


def places(datamodel: Datamodel) -> Iterator[tuple[Address, Place]]:
    """Everything that the file says, by the address that it has in a database."""
    for enum in datamodel.enums:
        yield Address(Kind.ENUM, *_key(enum.schema, enum.name)), enum.place
    for table in datamodel.tables:
        yield from _parts(table)
    for view in datamodel.views:
        schema, name = _key(view.schema, view.name)
        # Prisma declares both kinds alike.
        yield Address(Kind.VIEW, schema, name), view.place
        yield Address(Kind.MATERIALIZED_VIEW, schema, name), view.place
        for column in view.columns:
            yield Address(Kind.COLUMN, schema, cut(column.name), name), column.place


def _parts(table: TableSpec) -> Iterator[tuple[Address, Place]]:
    schema, name = _key(table.schema, table.name)
    yield Address(Kind.TABLE, schema, name), table.place
    for column in table.columns:
        yield _column(table, column.name), column.place
    for key in (*([table.key] if table.key else ()), *table.foreign_keys):
        yield Address(Kind.CONSTRAINT, schema, cut(key.name), name), key.place
    for index in table.indexes:
        yield Address(Kind.INDEX, schema, cut(index.name), name), index.place
