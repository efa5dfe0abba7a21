"""INSERT statements of rows that are made."""

from collections.abc import Sequence

from schemata.render.names import names, qualified
from schemata.rows.fields import Field
from schemata.rows.tables import SeedTable

# Which of a cell's three texts is written.
MIXED, FULL, SPARSE = range(3)


def insert_of(
    table: SeedTable, fields: Sequence[Field], rows: Sequence[Sequence[tuple[str, str, str]]], sort: int
) -> str:
    """One statement for rows of a table. Nothing happens to a row whose key is there already."""
    kept = [place for place, field in enumerate(fields) if not (sort == SPARSE and field.omitted)]
    into = f"INSERT INTO {qualified(table.address)}"
    conflict = " ON CONFLICT DO NOTHING" if table.takes_conflicts else ""
    if not kept:
        return f"{into} DEFAULT VALUES{conflict}"
    overriding = " OVERRIDING SYSTEM VALUE" if any(each.column.identity for each in fields) else ""
    values = ", ".join(f"({', '.join([row[place][sort] for place in kept])})" for row in rows)
    return f"{into} ({names(fields[place].name for place in kept)}){overriding} VALUES {values}{conflict}"


def together(statements: Sequence[str]) -> str:
    """One statement that does all: foreign keys are looked at when it is done, so a circle of them holds."""
    *before, last = statements
    if not before:
        return last
    parts = ", ".join(f"braid_{place} AS ({each})" for place, each in enumerate(before))
    return f"WITH {parts} {last}"
