"""The columns of a table that an insert gives values to, and what each may be."""

from collections.abc import Container
from dataclasses import dataclass, replace

from schemata.catalog import Address, Column
from schemata.rows.cells import Cells
from schemata.rows.demands import NOTHING
from schemata.rows.tables import SeedTable, Tables


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `required`: it may not be NULL, or others refer to it; `turn` tells in which row it is NULL.

    `omitted`: Postgres has a value of its own for it, good enough where ours was refused.
    """

    name: str
    column: Column
    required: bool
    always_null: bool
    omitted: bool
    turn: int

    def empty(self) -> "Field":
        return replace(self, always_null=True)


def fields_of(table: SeedTable, cells: Cells) -> tuple[Field, ...]:
    """All columns of a table but generated ones."""
    return tuple(_field(table, column, cells) for column in table.columns if not column.generated)


def _field(table: SeedTable, column: Column, cells: Cells) -> Field:
    name = column.address.name
    demand = table.wishes.demands.get(name, NOTHING)
    is_referenced = (table.root, name) in cells.referenced
    required = is_referenced or demand.null is False or _refuses_null(table, column, cells)
    return Field(
        name,
        column,
        required,
        always_null=demand.null is True and not required,
        omitted=bool(column.default) and not is_referenced,
        turn=_turn(table, column),
    )


def _refuses_null(table: SeedTable, column: Column, cells: Cells) -> bool:
    if column.not_null or column.identity or cells.types.refuses_null(column.type):
        return True
    # MATCH FULL: all columns of the key are NULL or none is.
    full = [key for key in table.foreign_keys if key.match == "full" and column.address.name in key.columns]
    return any(table.by_name[each].not_null for key in full for each in key.columns)


def _turn(table: SeedTable, column: Column) -> int:
    """Columns of one foreign key are NULL together, others apart."""
    keys = [place for place, key in enumerate(table.foreign_keys) if column.address.name in key.columns]
    return keys[0] if keys else column.position


def missing_target(table: SeedTable, column: Column, tables: Tables, skipped: Container[Address]) -> str:
    """A table that a foreign key of the column refers to and that has no rows; empty where all have."""
    for key in table.foreign_keys:
        target = key.references
        if target is None or column.address.name not in key.columns:
            continue
        if target not in tables.catalog.objects or all(leaf in skipped for leaf in tables.leaves(target)):
            return target.short
    return ""
