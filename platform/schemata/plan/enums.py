"""Enums: values are added and renamed where they stand; to lose or reorder some, the type is made anew."""

import re
from collections.abc import Iterator
from dataclasses import replace

from schemata.catalog import Enum, Kind
from schemata.diff.matching import Pair
from schemata.plan.values import PlannedStatement
from schemata.render.names import literal, qualified


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
