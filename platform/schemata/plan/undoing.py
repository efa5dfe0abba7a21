"""What a way back does not bring back."""

from dataclasses import replace

from schemata.catalog import Address, Catalog, Column, Enum
from schemata.plan.casting import is_lossless
from schemata.plan.hazards import hazard
from schemata.plan.situation import Situation
from schemata.plan.values import HazardKind, Plan, PlannedStatement


def with_losses(back: Plan, forth: Plan, situation: Situation) -> Plan:
    """`back` with a hazard at each statement that restores only the shape of what `forth` lost.

    `situation` is that of `forth`.
    """
    lost = losses(forth, situation)
    told: set[Address] = set()
    statements = tuple(_with_loss(statement, lost, told) for statement in back.statements)
    return replace(back, statements=statements)


def losses(forth: Plan, situation: Situation) -> set[Address]:
    """What loses rows or parts of values on the way there, by its address before; `situation` is that of `forth`."""
    lost = {
        statement.address
        for statement in forth.statements
        if any(each.kind is HazardKind.DATA_LOSS for each in statement.hazards)
    }
    return lost | _narrowed(situation)


def _with_loss(statement: PlannedStatement, lost: set[Address], told: set[Address]) -> PlannedStatement:
    at = statement.address
    if at not in lost or at in told:
        return statement
    told.add(at)
    found = hazard(HazardKind.IRREVERSIBLE, at)
    return replace(statement, hazards=(*statement.hazards, found))


def _narrowed(situation: Situation) -> set[Address]:
    """Columns whose new type holds less than the old one, and enums that lose values."""
    return {at for at, pair in situation.pairs.items() if _is_narrower(pair.before, pair.after, situation)}


def _is_narrower(before: object, after: object, situation: Situation) -> bool:
    catalogs: tuple[Catalog, Catalog] = (situation.before, situation.after)
    if isinstance(before, Column) and isinstance(after, Column):
        return before.type != after.type and not is_lossless(before.type, after.type, *catalogs)
    if isinstance(before, Enum) and isinstance(after, Enum):
        return len(before.values) > len(after.values)
    return False
