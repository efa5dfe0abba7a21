"""Two catalogs -> SQL that leads from one to the other, in an order that Postgres accepts.

`planner` decides what is altered, what is made anew and in which order; `creating`,
`dropping`, `renaming`, `altering` and `enums` know the statements.
"""

from schemata.catalog import Catalog
from schemata.plan.planner import make_plan
from schemata.plan.situation import Situation
from schemata.plan.values import Hazard, HazardKind, Plan, PlannedStatement

__all__ = ["Hazard", "HazardKind", "Plan", "PlannedStatement", "plan"]


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
    Postgres can't change it.
    """
    return make_plan(Situation(before, after, same_origin, trunk))
