"""One decision, one conflict: what merely follows from another conflict is left out.

A default changed on a partitioned table changes on every partition, a view's
columns follow from its definition, a serial column's sequence from the column.
"""

from collections.abc import Iterable, Iterator, Mapping

from schemata.catalog import Address, CatalogObject, Kind, Sequence
from schemata.catalog.encoding import PARENTS
from schemata.merge.conflicts import Conflict, ConflictKind
from schemata.merge.rules import Draft
from schemata.merge.uses import VIEWS, inherited_from

FOLLOWING = frozenset(
    {ConflictKind.ATTRIBUTE, ConflictKind.ADDED, ConflictKind.RENAMED, ConflictKind.NULLABILITY}
)
AUTHORED = frozenset({"comment", "default", "privileges", "statistics"})


Repeats = tuple[tuple[Conflict, str], ...]


def told_once(conflicts: Iterable[Conflict], draft: Draft) -> tuple[tuple[Conflict, ...], Repeats]:
    """The conflicts in a fixed order, each once, and apart those that follow from one of them."""
    found = list(dict.fromkeys(conflicts))
    leaders = _Leaders(found, draft)
    kept: list[Conflict] = []
    repeats: list[tuple[Conflict, str]] = []
    for each in sorted(found, key=_order):
        leader = leaders.of(each)
        if leader is each:
            kept.append(each)
        elif leader is not None:
            repeats.append((each, leader.id))
    return tuple(kept), tuple(repeats)


def _order(found: Conflict) -> tuple[Address, str, str, str]:
    return (found.at, found.attribute, found.kind, repr(found.other))


class _Leaders:
    """Finds the conflict from which another one follows."""

    def __init__(self, conflicts: Iterable[Conflict], draft: Draft) -> None:
        self._draft = draft
        self._known: dict[tuple[ConflictKind, Address, str], Conflict] = {}
        self._at: dict[Address, Conflict] = {}
        self._made_twice: dict[Address, Conflict] = {}
        self._names: dict[Address, Conflict] = {}
        self._bodies: dict[Address, Conflict] = {}
        for each in conflicts:
            self._known[each.kind, each.at, each.attribute] = each
            self._at.setdefault(each.at, each)
            if each.kind in (ConflictKind.ADDED, ConflictKind.NAME) or each.attribute == "type":
                self._made_twice.setdefault(each.at, each)
            if each.kind == ConflictKind.NAME:
                self._names |= dict.fromkeys((each.at, each.other or each.at), each)
            if each.attribute == "body":
                self._bodies[each.at] = each

    def of(self, conflict: Conflict) -> Conflict | None:
        """Itself for one that stands alone; None for what no decision changes."""
        if conflict.kind in MENTIONS and conflict.other in self._bodies:
            return self._bodies[conflict.other]
        if conflict.kind == ConflictKind.NAME:
            return self._first(self._names, _wholes(conflict.at)) or self._unsure(conflict) or conflict
        if conflict.kind not in FOLLOWING:
            return conflict
        at = conflict.at
        if conflict.kind == ConflictKind.NULLABILITY and at in self._made_twice:
            return self._made_twice[at]
        if is_of_view(self._draft, at) and conflict.attribute not in AUTHORED:
            return self._first(self._at, _wholes(at))
        found = self._draft.base.objects.get(at) or self._draft.changed.get(at)
        if found is None:
            return conflict
        for above in inherited_from(self._draft.get, found):
            if (conflict.kind, above, conflict.attribute) in self._known:
                return self._known[conflict.kind, above, conflict.attribute]
        return self._first(self._made_twice, _owners(found, conflict.kind)) or conflict

    def _unsure(self, conflict: Conflict) -> Conflict | None:
        """The conflict over a holder of the name: who has it in the end follows from that."""
        for at in (conflict.at, conflict.other):
            trail = self._draft.trails.get(at) if at else None
            origin = trail.base if trail else None
            for kind, attribute in ((ConflictKind.RENAMED, "name"), (ConflictKind.DROPPED_CHANGED, "")):
                if origin and (kind, origin, attribute) in self._known:
                    return self._known[kind, origin, attribute]
        return None

    @staticmethod
    def _first(known: Mapping[Address, Conflict], places: Iterable[Address]) -> Conflict | None:
        return next((known[at] for at in places if at in known), None)


def _wholes(at: Address) -> Iterator[Address]:
    if at.parent:
        yield from (Address(kind, at.schema, at.parent) for kind in PARENTS)


MENTIONS = frozenset({ConflictKind.RENAMED_USED, ConflictKind.VALUE_USED})


def _owners(found: CatalogObject, kind: ConflictKind) -> Iterator[Address]:
    """What a disputed thing comes with: a table made twice, the column of a serial's sequence."""
    at = found.address
    if isinstance(found, Sequence) and found.owned_by:
        column = found.owned_by
        yield column
        yield Address(Kind.TABLE, column.schema, column.parent)
    if at.parent and kind == ConflictKind.ADDED:
        yield from (Address(owner, at.schema, at.parent) for owner in PARENTS)


def is_of_view(draft: Draft, at: Address) -> bool:
    """Whether it is a column of a view, in the base or in the merge."""
    if at.kind != Kind.COLUMN:
        return False
    owners = [Address(kind, at.schema, at.parent) for kind in VIEWS]
    return any(owner in draft.base.objects or owner in draft.changed for owner in owners)
