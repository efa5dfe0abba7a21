"""Enums: values are added and renamed where they stand; to lose or reorder some, the type is made anew."""

from collections.abc import Callable, Iterator

from schemata.catalog import Address, Catalog, CatalogObject, Column, Enum, Kind
from schemata.diff.matching import Pair
from schemata.plan.hazards import hazard, hazards
from schemata.plan.values import HazardKind, PlannedStatement
from schemata.render.names import literal, name, parent, qualified
from schemata.render.types import enum

ASIDE = "_braid_aside"
Now = Callable[[Address], CatalogObject | None]


def is_rebuilt(pair: Pair) -> bool:
    """Whether ADD VALUE and RENAME VALUE can't lead there: a value goes, or the order of old ones changes."""
    before, after = pair.before, pair.after
    if not isinstance(before, Enum) or not isinstance(after, Enum):
        return False
    renamed = dict(pair.renamed_values)
    kept = [renamed.get(value, value) for value in before.values]
    return [value for value in after.values if value in kept] != kept


def alter_enum(pair: Pair) -> Iterator[PlannedStatement]:
    """Rename and add values, each at its place."""
    before, after = pair.before, pair.after
    assert isinstance(before, Enum)
    assert isinstance(after, Enum)
    at = after.address
    renamed = dict(pair.renamed_values)
    for old, new in pair.renamed_values:
        text = f"ALTER TYPE {qualified(at)} RENAME VALUE {literal(old)} TO {literal(new)};"
        yield PlannedStatement(text, at)
    known = [renamed.get(value, value) for value in before.values]
    for place, value in enumerate(after.values):
        if value not in known:
            yield PlannedStatement(_add(after, place, known), at)
            known.insert(place, value)


def _add(after: Enum, place: int, known: list[str]) -> str:
    text = f"ALTER TYPE {qualified(after.address)} ADD VALUE {literal(after.values[place])}"
    if place < len(known):
        text += f" BEFORE {literal(known[place])}"
    return text + ";"


def rebuild_enum(pair: Pair, before: Catalog, after: Catalog, now: Now) -> Iterator[PlannedStatement]:
    """A new type in the old one's place, and every column that stays moved over by its text.

    `now` gives an object of before as it is after, None where it is gone.
    """
    at = pair.after.address
    assert isinstance(pair.after, Enum)
    old = name(at.schema) + "." + name(at.name[:50] + ASIDE)
    yield PlannedStatement(f"ALTER TYPE {qualified(at)} RENAME TO {name(at.name[:50] + ASIDE)};", at)
    yield PlannedStatement(enum(pair.after, after), at)
    for column in _columns_of(at, before, after, now):
        yield from _moved(column)
    failing = hazard(HazardKind.MAY_FAIL, at, f"rows may hold a value that {at} no longer has")
    yield PlannedStatement(f"DROP TYPE {old};", at, (failing,))


def _columns_of(at: Address, before: Catalog, after: Catalog, now: Now) -> Iterator[Column]:
    """Columns of tables that had the type and have it still; those of views are made anew with their view."""
    users = (user for user, needed in before.dependencies.items() if at in needed)
    for user in sorted(users):
        column = now(user)
        if isinstance(column, Column) and _is_of_table(column, after):
            yield column


def _is_of_table(column: Column, catalog: Catalog) -> bool:
    at = column.address
    return Address(Kind.TABLE, at.schema, at.parent) in catalog.objects


def _moved(column: Column) -> Iterator[PlannedStatement]:
    """The default goes and comes back in the same statement: it has no cast to the new type."""
    where = column.address
    step = f"ALTER COLUMN {name(where.name)}"
    steps = [
        f"{step} SET DATA TYPE {column.type} USING {name(where.name)}::text{_array(column)}::{column.type}"
    ]
    if column.default:
        steps = [f"{step} DROP DEFAULT", *steps, f"{step} SET DEFAULT {column.default}"]
    found = hazards(where, HazardKind.REWRITE)
    yield PlannedStatement(f"ALTER TABLE {parent(where)} {', '.join(steps)};", where, found)


def _array(column: Column) -> str:
    return "[]" if column.type.endswith("[]") else ""
