"""What a Prisma schema says of the database, in Postgres's terms, with the line that says it.

`resolve` makes it from syntax trees, `ddl` writes it as the SQL that Prisma's
own engine would create, `drift` holds it against a replayed database.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table, column or index is said: file, line from 1, and `User.email`."""

    path: str
    line: int
    label: str


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column; `type` and `default` as SQL text, `serial` for autoincrement.

    `any_default`: the file says `dbgenerated()`, which leaves open what the database's default is.
    """

    name: str
    type: str
    not_null: bool
    default: str
    serial: bool
    place: Place
    any_default: bool = False


@dataclass(frozen=True, slots=True)
class KeySpec:
    """A primary key: its name and columns."""

    name: str
    columns: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class IndexKeySpec:
    column: str
    descending: bool = False
    operator_class: str = ""


@dataclass(frozen=True, slots=True)
class IndexSpec:
    name: str
    unique: bool
    method: str
    keys: tuple[IndexKeySpec, ...]
    place: Place
    predicate: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKeySpec:
    name: str
    columns: tuple[str, ...]
    schema: str
    table: str
    references: tuple[str, ...]
    on_delete: str
    on_update: str
    place: Place


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A model, or the table between two models of an implicit many-to-many relation (`implicit`)."""

    schema: str
    name: str
    columns: tuple[ColumnSpec, ...]
    key: KeySpec | None
    indexes: tuple[IndexSpec, ...]
    foreign_keys: tuple[ForeignKeySpec, ...]
    place: Place
    implicit: bool = False


@dataclass(frozen=True, slots=True)
class EnumSpec:
    schema: str
    name: str
    values: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ViewSpec:
    """A view that the schema file names; its SQL is not in the language."""

    schema: str
    name: str
    columns: tuple[ColumnSpec, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Datamodel:
    """Everything a schema says. An empty `schema` is the connection's own (`public`)."""

    schemas: tuple[str, ...]
    extensions: tuple[str, ...]
    enums: tuple[EnumSpec, ...]
    tables: tuple[TableSpec, ...]
    views: tuple[ViewSpec, ...]


class DatamodelError(Exception):
    """The schema cannot mean anything: an unknown type, a relation without its fields...

    `place` says where; Prisma rejects such a schema as well.
    """

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place.path}:{place.line}: {place.label}: {message}")
        self.place = place
        self.message = message
