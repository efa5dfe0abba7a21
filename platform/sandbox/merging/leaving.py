"""Why a statement of a branch needs no run where the other side stands, in words that land with the migration."""

from sandbox.merging.tracing import Unit
from schemata.catalog import Address, Catalog
from schemata.catalog.encoding import PARENTS
from schemata.changes import Action, Change
from schemata.diff import diff

SHOWN = 4
_IS_SO = {
    Action.ADD: "is there",
    Action.DROP: "is gone",
    Action.RENAME: "has that name",
    Action.ALTER: "is so",
}
# What people chose otherwise: the statement would undo it.
_IS_NOT = {
    Action.ADD: "the merge is without {}",
    Action.DROP: "the merge keeps {}",
    Action.RENAME: "the merge has another name for {}",
    Action.ALTER: "the merge has {} otherwise",
}


def told(unit: Unit, reached: Catalog) -> str:
    """What the statement makes, and that it is so in `reached` already, or that the merge is otherwise."""
    changes = [c for c in diff(unit.before, unit.after, same_origin=True) if c.covered_by is None]
    apart = [change for change in changes if not _is_so(change, unit, reached)]
    if apart:
        return _listed([_IS_NOT[change.action].format(change.address) for change in apart])
    said = [f"{change.address} {_IS_SO[change.action]}" for change in changes]
    return f"{_listed(said) or 'it was done'} already"


def _listed(said: list[str]) -> str:
    more = len(said) - SHOWN
    return ", ".join(said[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _is_so(change: Change, unit: Unit, reached: Catalog) -> bool:
    catalog = unit.before if change.action is Action.DROP else unit.after
    there = reached.objects.get(_at_home(change.address, catalog, reached))
    if change.action is not Action.ALTER:
        return (there is None) == (change.action is Action.DROP)
    who = catalog.identities.get(change.address)
    if there is None and who and who.key in reached.by_identity:
        there = reached.objects[reached.by_identity[who.key]]
    after = change.after
    return all(
        getattr(there, each.name, None) == getattr(after, each.name, None) for each in change.attributes
    )


def _at_home(at: Address, catalog: Catalog, reached: Catalog) -> Address:
    """The address in `reached`, where the object's table may have another name."""
    for kind in PARENTS if at.parent else ():
        who = catalog.identities.get(Address(kind, at.schema, at.parent))
        moved = reached.by_identity.get(who.key) if who else None
        if moved is not None:
            return at._replace(schema=moved.schema, parent=moved.name)
    return at
