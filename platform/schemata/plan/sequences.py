"""Sequences: what they are altered to, and those of identity columns."""

from collections.abc import Iterator

from schemata.catalog import Sequence
from schemata.plan.values import PlannedStatement
from schemata.render.names import name, parent, qualified


def options(found: Sequence) -> Iterator[str]:
    """Every option of ALTER SEQUENCE, also where it is the default: it may not have been."""
    yield f"AS {found.type}"
    yield f"INCREMENT BY {found.increment}"
    yield "NO MINVALUE" if found.minimum is None else f"MINVALUE {found.minimum}"
    yield "NO MAXVALUE" if found.maximum is None else f"MAXVALUE {found.maximum}"
    yield f"START WITH {_start(found)}"
    yield f"CACHE {found.cache}"
    yield "CYCLE" if found.cycle else "NO CYCLE"


def _start(found: Sequence) -> int:
    """Where it starts by default: at its first value in the direction that it counts."""
    if found.start is not None:
        return found.start
    if found.increment > 0:
        return 1 if found.minimum is None else found.minimum
    return -1 if found.maximum is None else found.maximum


def alter_sequence(_: Sequence, after: Sequence, __: object) -> Iterator[PlannedStatement]:
    """Say all of it anew."""
    text = f"ALTER SEQUENCE {qualified(after.address)} {' '.join(options(after))};"
    yield PlannedStatement(text, after.address)


def own(found: Sequence) -> str:
    """The statement that ties a sequence to its column."""
    column = found.owned_by
    at = qualified(found.address)
    if column is None:
        return f"ALTER SEQUENCE {at} OWNED BY NONE;"
    return f"ALTER SEQUENCE {at} OWNED BY {parent(column)}.{name(column.name)};"
