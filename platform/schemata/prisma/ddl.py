"""A datamodel as SQL: the script that Prisma's own engine writes for an empty database.

Byte for byte the same, so that it can be held against the engine, and run in a
sandbox to give the catalog that the schema file stands for.
"""

from collections.abc import Iterator, Sequence

from schemata.prisma.datamodel import (
    ColumnSpec,
    Datamodel,
    EnumSpec,
    ForeignKeySpec,
    IndexSpec,
    Place,
    TableSpec,
)
from schemata.prisma.defaults import quoted
from schemata.prisma.types import SERIALS


def script(datamodel: Datamodel) -> str:
    """The whole script, each statement under the comment that Prisma puts above it."""
    if not (datamodel.schemas or datamodel.extensions or datamodel.enums or datamodel.tables):
        return "-- This is an empty migration.\n"
    return "\n".join(f"-- {title}\n{statement}\n" for title, statement in statements(datamodel))


def statements(datamodel: Datamodel) -> Iterator[tuple[str, str]]:
    """(title, statement) in the engine's order."""
    for schema in datamodel.schemas or ("public",):
        yield "CreateSchema", f"CREATE SCHEMA IF NOT EXISTS {_quote(schema)};"
    for extension in datamodel.extensions:
        yield "CreateExtension", f"CREATE EXTENSION IF NOT EXISTS {_quote(extension)};"
    for title, statement, _lines in placed(datamodel):
        yield title, statement


def placed(datamodel: Datamodel) -> Iterator[tuple[str, str, tuple[Place, ...]]]:
    """The statements that a place of the file asks for, with the place of each of their lines."""
    for enum in datamodel.enums:
        yield "CreateEnum", _enum(enum), (enum.place,)
    for table in datamodel.tables:
        lines = (table.place, *(column.place for column in table.columns), table.place)
        yield "CreateTable", _table(table), (*lines, table.key.place) if table.key else lines
    for table in datamodel.tables:
        for index in table.indexes:
            yield "CreateIndex", _index(table, index), (index.place,)
    for table in datamodel.tables:
        for key in table.foreign_keys:
            yield "AddForeignKey", _foreign_key(table, key), (key.place,)


def _enum(enum: EnumSpec) -> str:
    values = ", ".join(map(quoted, enum.values))
    return f"CREATE TYPE {_name(enum.schema, enum.name)} AS ENUM ({values});"


def _table(table: TableSpec) -> str:
    lines = ",\n".join(f"    {_column(column)}" for column in table.columns)
    if table.key is not None:
        constraint = (
            f"CONSTRAINT {_quote(table.key.name)} PRIMARY KEY ({','.join(map(_quote, table.key.columns))})"
        )
        lines += f",\n\n    {constraint}"
    return f"CREATE TABLE {_name(table.schema, table.name)} (\n{lines}\n);"


def _column(column: ColumnSpec) -> str:
    parts = [_quote(column.name), SERIALS.get(column.type, column.type) if column.serial else column.type]
    if column.not_null:
        parts.append("NOT NULL")
    if column.default:
        parts.append(f"DEFAULT {column.default}")
    return " ".join(parts)


def _index(table: TableSpec, index: IndexSpec) -> str:
    unique = "UNIQUE " * index.unique
    method = f" USING {index.method} " if index.method else ""
    keys = ", ".join(
        _quote(key.column) + f" {key.operator_class}" * bool(key.operator_class) + " DESC" * key.descending
        for key in index.keys
    )
    where = f" WHERE ({index.predicate})" if index.predicate else ""
    return f"CREATE {unique}INDEX {_quote(index.name)} ON {_name(table.schema, table.name)}{method}({keys}){where};"


def _foreign_key(table: TableSpec, key: ForeignKeySpec) -> str:
    return (
        f"ALTER TABLE {_name(table.schema, table.name)} ADD CONSTRAINT {_quote(key.name)} "
        f"FOREIGN KEY ({_quoted(key.columns)}) REFERENCES {_name(key.schema, key.table)}({_quoted(key.references)}) "
        f"ON DELETE {key.on_delete} ON UPDATE {key.on_update};"
    )


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(map(_quote, names))


def _name(schema: str, name: str) -> str:
    return f"{_quote(schema)}.{_quote(name)}" if schema else _quote(name)
