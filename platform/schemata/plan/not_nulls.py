"""Constraints that keep nulls out of a column, which have names since Postgres 18.

A catalog has one only where it says more than the column's NOT NULL. When it stops
saying more, or starts to, the constraint itself stays.
"""

from collections.abc import Iterator

from schemata.catalog import Address, CatalogObject, Column, Constraint, Kind
from schemata.plan.constraints import comment_on
from schemata.plan.situation import Situation
from schemata.plan.values import PlannedStatement
from schemata.render.names import name, parent


def is_forgotten(found: CatalogObject, situation: Situation) -> bool:
    """Whether a dropped constraint only goes back to saying what its column says."""
    if not isinstance(found, Constraint) or found.type != "not null":
        return False
    column = situation.now(_column_of(found))
    return isinstance(column, Column) and column.not_null and _column_of(found) not in situation.remade


def is_noted(found: CatalogObject, situation: Situation) -> bool:
    """Whether a new constraint is that of a column which had no nulls before."""
    if not isinstance(found, Constraint) or found.type != "not null":
        return False
    pair = situation.pairs_after.get(_column_of(found))
    before = pair.before if pair else situation.before.objects.get(_column_of(found))
    return isinstance(before, Column) and before.not_null and before.address not in situation.remade


def forget(found: Constraint, situation: Situation) -> Iterator[PlannedStatement]:
    """Give it the name that Postgres chooses, and no comment; in the names of after."""
    column = situation.now(_column_of(found))
    assert column is not None
    at = Address(Kind.CONSTRAINT, column.address.schema, found.address.name, column.address.parent)
    usual = _usual(column.address)
    yield from _altered(found, Constraint(at, type="not null"), situation)
    if at.name != usual:
        yield PlannedStatement(_renamed(at, usual), at)


def note(found: Constraint, situation: Situation) -> Iterator[PlannedStatement]:
    """Give the column's constraint its name, and what else it says."""
    at = found.address
    usual = _usual(_column_of(found))
    if at.name != usual:
        yield PlannedStatement(_renamed(at._replace(name=usual), at.name), at)
    yield from _altered(Constraint(at, type="not null"), found, situation)


def _altered(before: Constraint, after: Constraint, situation: Situation) -> Iterator[PlannedStatement]:
    at = after.address
    head = f"ALTER TABLE {parent(at)}"
    if before.comment != after.comment:
        yield PlannedStatement(comment_on(after, situation.after), at)
    if not before.validated and after.validated:
        yield PlannedStatement(f"{head} VALIDATE CONSTRAINT {name(at.name)};", at)
    if before.no_inherit != after.no_inherit:
        word = "NO INHERIT" if after.no_inherit else "INHERIT"
        yield PlannedStatement(f"{head} ALTER CONSTRAINT {name(at.name)} {word};", at)


def _renamed(at: Address, new: str) -> str:
    return f"ALTER TABLE {parent(at)} RENAME CONSTRAINT {name(at.name)} TO {name(new)};"


def _usual(column: Address) -> str:
    return f"{column.parent}_{column.name}_not_null"


def _column_of(found: Constraint) -> Address:
    return Address(Kind.COLUMN, found.address.schema, found.columns[0], found.address.parent)
