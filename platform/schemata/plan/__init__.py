"""Two catalogs -> SQL that leads from one to the other, in an order that Postgres accepts.

`planner` decides what is altered, what is made anew and in which order; `creating`,
`dropping`, `renaming`, `altering` and `enums` know the statements.
"""

from schemata.catalog import Catalog
from schemata.plan.planner import make_plan
from schemata.plan.situation import Situation
from schemata.plan.undoing import losses, with_losses
from schemata.plan.values import Hazard, HazardKind, Plan, PlannedStatement

__all__ = ["Hazard", "HazardKind", "Plan", "PlannedStatement", "plan", "plan_with_losses", "way_back"]


def plan(
    before: Catalog,
    after: Catalog,
    *,
    same_origin: bool = False,
    online: bool = False,
    trunk: Catalog | None = None,
) -> Plan:
    """Statements that turn a database with the catalog `before` into one with `after`.

    With `same_origin` both descend from one template and a rename is a rename; else
    objects match by name. `trunk` is the template, where both went on from it: what is not
    in it is nobody's same object (`diff` says more). The order of columns is not planned:
    Postgres can't change it. `online`: in the forms that keep others waiting as briefly as
    can be; some of those statements are `alone`.
    """
    return make_plan(Situation(before, after, same_origin, trunk), online=online)


def way_back(
    before: Catalog,
    after: Catalog,
    *,
    same_origin: bool = False,
    online: bool = False,
    trunk: Catalog | None = None,
) -> Plan:
    """Statements that undo `plan(before, after)`: from `after` to `before`.

    Where those lost rows or parts of values, the statement that restores the shape
    alone has a hazard IRREVERSIBLE which names what is not brought back.
    """
    there = Situation(before, after, same_origin, trunk)
    back = make_plan(Situation(after, before, same_origin, trunk), online=online)
    return with_losses(back, make_plan(there), there)


def plan_with_losses(
    before: Catalog, after: Catalog, *, same_origin: bool = False
) -> tuple[Plan, tuple[Hazard, ...]]:
    """`plan(before, after)`, and what its way back does not bring back: the hazards IRREVERSIBLE of `way_back`."""
    situation = Situation(before, after, same_origin)
    there = make_plan(situation)
    if not losses(there, situation):
        return there, ()
    back = with_losses(make_plan(Situation(after, before, same_origin)), there, situation)
    found = (each for statement in back.statements for each in statement.hazards)
    return there, tuple(each for each in found if each.kind is HazardKind.IRREVERSIBLE)
