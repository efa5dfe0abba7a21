"""From two catalogs to statements in order.

Four phases: what has to go goes, in the names of before; what is renamed gets its
name; what is new or altered is made, in the names of after; what something still
stood on until then goes last. Within a phase pg_depend says what comes first.
"""

from collections.abc import Iterator

from schemata.plan.drops import Drops
from schemata.plan.enums import with_values_apart
from schemata.plan.makes import Makes
from schemata.plan.moves import Moves
from schemata.plan.parting import parting, tying
from schemata.plan.situation import Situation
from schemata.plan.values import Plan, PlannedStatement


def make_plan(situation: Situation, *, online: bool = False) -> Plan:
    """All phases one after the other."""
    if situation.before is situation.after:
        return Plan(())
    unsupported: list[str] = []
    statements = with_values_apart(tuple(_statements(situation, unsupported, online)))
    return Plan(statements, tuple(unsupported))


def _statements(situation: Situation, unsupported: list[str], online: bool) -> Iterator[PlannedStatement]:
    drops, makes = Drops(situation, unsupported, online), Makes(situation, unsupported, online)
    moves = Moves(situation, frozenset(drops.going), drops.late)
    yield from parting(situation)
    yield from drops.early()
    yield from moves.schemas()
    yield from makes.schemas()
    yield from moves.others()
    yield from makes.statements()
    yield from tying(situation)
    yield from drops.last(moves.now)
