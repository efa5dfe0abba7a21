"""Diffs at rest: changes grouped by the object a person thinks in, with their definitions as SQL.

Pages and the API read them as they lie here; nothing is computed when they are shown.
"""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from apps.checks.content.compression import pack, unpack
from apps.checks.content.rows import keep
from apps.checks.models import Diff, Snapshot
from apps.projects.models import Project
from schemata.catalog import Address, Catalog, Kind
from schemata.catalog.encoding import PARENTS
from schemata.changes import Action, Change
from schemata.render import definition

# Parts of a table or view that its own definition does not hold.
APART = (Kind.INDEX, Kind.TRIGGER, Kind.POLICY, Kind.RULE, Kind.STATISTICS)


def save_diff(
    project: Project,
    before: Snapshot,
    after: Snapshot,
    changes: tuple[Change, ...],
    both: tuple[Catalog, Catalog],
) -> Diff:
    """The row of these changes between these catalogs."""
    body = pack(_objects(changes, both))
    digest = hashlib.sha256(f"{before.hash}\0{after.hash}\0".encode() + body).hexdigest()
    row = Diff(
        project=project,
        hash=digest,
        before=before,
        after=after,
        added=_count(changes, Action.ADD),
        altered=_count(changes, Action.ALTER),
        renamed=_count(changes, Action.RENAME),
        dropped=_count(changes, Action.DROP),
        body=body,
    )
    return keep([row], under="hash", update=["before", "after"])[0]


def load_objects(diff: Diff) -> list[dict[str, Any]]:
    """The changed objects as they were stored: `kind`, `address`, `action`, `before`, `after`, `changes`."""
    found: list[dict[str, Any]] = unpack(diff.body)
    return found


def _count(changes: Iterable[Change], action: Action) -> int:
    """What the branch itself does, without what another change says (the columns of an added table)."""
    return sum(
        change.action is action and change.covered_by is None and not change.behind for change in changes
    )


def _objects(changes: tuple[Change, ...], both: tuple[Catalog, Catalog]) -> list[dict[str, Any]]:
    owned = sorted(((_owner(change, both), change) for change in changes), key=lambda pair: pair[0])
    groups = groupby(owned, key=lambda pair: pair[0])
    return [_object(owner, [change for _, change in group], both) for owner, group in groups]


def _owner(change: Change, both: tuple[Catalog, Catalog]) -> Address:
    """The table, view, type or domain that the changed object is a part of; or the object itself."""
    at = change.address
    if not at.parent:
        return at
    owners = (Address(kind, at.schema, at.parent) for kind in sorted(PARENTS))
    return next((o for o in owners if o in both[1].objects or o in both[0].objects), at)


def _object(owner: Address, changes: list[Change], both: tuple[Catalog, Catalog]) -> dict[str, Any]:
    own = [change for change in changes if change.address == owner]
    previous = next((change.previous for change in own if change.previous), owner)
    return {
        "kind": owner.kind.value,
        "address": str(owner),
        "name": owner.short,
        "previous": previous.short if previous != owner else "",
        "action": _action(own),
        "before": _whole(previous, both[0]),
        "after": _whole(owner, both[1]),
        "changes": [_change(change, both) for change in changes],
    }


def _action(own: list[Change]) -> str:
    """What happened to the object itself; `alter` where only its parts changed."""
    actions = {change.action for change in own}
    order = (Action.ADD, Action.DROP, Action.RENAME)
    if {Action.ADD, Action.DROP} <= actions:
        return Action.ALTER.value
    return next((action for action in order if action in actions), Action.ALTER).value


def _whole(at: Address, catalog: Catalog) -> str:
    """The object as SQL with all that hangs on it: its definition, then the parts that no column list holds."""
    found = catalog.objects.get(at)
    if found is None:
        return ""
    parts = [part for part in catalog.children.get(at, ()) if part.address.kind in APART]
    return "\n".join(definition(each, catalog) for each in (found, *parts))


def _change(change: Change, both: tuple[Catalog, Catalog]) -> Mapping[str, Any]:
    """The change as `to_json` gives it, and its definitions, empty where another change's say it already."""
    covered = change.covered_by is not None
    before = definition(change.before, both[0]) if change.before and not covered else ""
    after = definition(change.after, both[1]) if change.after and not covered else ""
    return {**change.to_json(), "address": str(change.address), "before_sql": before, "after_sql": after}
