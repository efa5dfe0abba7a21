"""Which changes another change says already, so that a page can fold them away."""

from collections.abc import Iterable
from dataclasses import replace

from schemata.catalog import (
    Address,
    CatalogObject,
    Column,
    Constraint,
    Index,
    Kind,
    Sequence,
    Table,
    Trigger,
)
from schemata.catalog.encoding import PARENTS
from schemata.changes import Action, Change
from schemata.diff.matching import Match


class Covering:
    """Knows what was changed, and what each object is a part of."""

    def __init__(self, found: Match, changes: Iterable[Change]) -> None:
        self._found = found
        self._touched = {(change.action, change.address) for change in changes if not change.soft}

    def mark(self, change: Change) -> Change:
        subject = change.before if change.action == Action.DROP else change.after
        if subject is None or change.action == Action.RENAME:
            return change
        for at in self._owners(subject, change.action):
            if (change.action, at) in self._touched and at != change.address:
                return replace(change, covered_by=at)
        return change

    def _owners(self, found: CatalogObject, action: Action) -> list[Address]:
        owners = [] if action == Action.ALTER else _wholes(found)
        return owners + self._ancestors(found, action)

    def _ancestors(self, found: CatalogObject, action: Action) -> list[Address]:
        """The same part of the parents of a partition or inheriting table."""
        if isinstance(found, Constraint | Index) and found.parent is not None:
            return [found.parent]
        if isinstance(found, Column | Constraint | Trigger) and found.inherited:
            side = self._found.before if action == Action.DROP else self._found.after
            at = found.address
            table = side.objects.get(Address(Kind.TABLE, at.schema, at.parent))
            above = table.parents if isinstance(table, Table) else ()
            return [Address(at.kind, each.schema, at.name, each.name) for each in above]
        return []


def _wholes(found: CatalogObject) -> list[Address]:
    at = found.address
    if at.parent:
        return [Address(kind, at.schema, at.parent) for kind in sorted(PARENTS)]
    if isinstance(found, Sequence) and found.owned_by is not None:
        column = found.owned_by
        return [Address(Kind.TABLE, column.schema, column.parent), column]
    return []
