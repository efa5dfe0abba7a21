"""Enums: values are added and renamed where they stand; to lose or reorder some, the type is made anew."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemata.catalog import Address, CatalogObject, Column, Enum, Kind
from schemata.diff.matching import Pair
from schemata.plan.hazards import hazard, hazards
from schemata.plan.values import HazardKind, PlannedStatement
from schemata.render.names import literal, name, parent, qualified

ASIDE = "_braid_aside"


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


@dataclass(frozen=True)
class ColumnOfEnum:
    """A column before and after.

    `below`: it gets its type with a parent's; `related`: it has parents or heirs.
    `keeps_default`: else its own alteration sets the new one, when all that it may need is there.
    """

    before: Column
    after: Column
    below: bool
    related: bool
    keeps_default: bool


def rebuild_enum(
    enum: CatalogObject, texts: tuple[str, ...], columns: tuple[ColumnOfEnum, ...]
) -> Iterator[PlannedStatement]:
    """A new type in the old one's place, and every column that stays moved over by its text.

    `texts` make the new type, with its owner and privileges.
    """
    at = enum.address
    yield PlannedStatement(f"ALTER TYPE {qualified(at)} RENAME TO {name(_aside(at))};", at)
    failing = hazard(HazardKind.MAY_FAIL, at, f"rows may hold a value that {at} no longer has")
    for number, text in enumerate(texts):
        yield PlannedStatement(text, at, (failing,) if number == 0 else ())
    related = [each for each in columns if each.related]
    yield from (_default(each, "DROP DEFAULT") for each in related if each.before.default)
    yield from (_moved(each) for each in columns if not each.below)
    yield from (_default(each, f"SET DEFAULT {each.after.default}") for each in related if each.keeps_default)


def drop_old(rebuilt: Enum) -> PlannedStatement:
    """When no column has the old type any more, also those that got another type altogether."""
    at = rebuilt.address
    return PlannedStatement(f"DROP TYPE {name(at.schema)}.{name(_aside(at))};", at)


def _aside(at: Address) -> str:
    return at.name[:50] + ASIDE


def _default(column: ColumnOfEnum, what: str) -> PlannedStatement:
    """Of this table alone: its heirs may have other defaults."""
    at = column.after.address
    return PlannedStatement(f"ALTER TABLE ONLY {parent(at)} ALTER COLUMN {name(at.name)} {what};", at)


def _moved(column: ColumnOfEnum) -> PlannedStatement:
    """The default goes and comes back in the same statement: it has no cast to the new type."""
    after, where = column.after, column.after.address
    step = f"ALTER COLUMN {name(where.name)}"
    steps = [f"{step} SET DATA TYPE {after.type} USING {name(where.name)}::text{_array(after)}::{after.type}"]
    if column.before.default and not column.related:
        steps.insert(0, f"{step} DROP DEFAULT")
    if column.keeps_default and not column.related:
        steps.append(f"{step} SET DEFAULT {after.default}")
    found = hazards(where, HazardKind.REWRITE)
    return PlannedStatement(f"ALTER TABLE {parent(where)} {', '.join(steps)};", where, found)


def _array(column: Column) -> str:
    return "[]" if column.type.endswith("[]") else ""


def with_values_apart(statements: tuple[PlannedStatement, ...]) -> tuple[PlannedStatement, ...]:
    """Mark each ADD VALUE whose value a later statement speaks of.

    A new value can't be used in the transaction that adds it (manual, ALTER TYPE).
    """
    adding = {number: added for number, each in enumerate(statements) if (added := _added(each))}
    used = {
        number
        for number, value in adding.items()
        if any(value in later.sql for later in statements[number + 1 :] if not _added(later))
    }
    return tuple(
        replace(each, alone=True) if number in used else each for number, each in enumerate(statements)
    )


def _added(statement: PlannedStatement) -> str:
    """The literal of the value that the statement adds."""
    _, found, value = statement.sql.partition(" ADD VALUE ")
    literal_there = _LITERAL.match(value) if statement.address.kind is Kind.ENUM and found else None
    return literal_there.group() if literal_there else ""


_LITERAL = re.compile(r"'(?:[^']|'')*'")
