"""One decision, one conflict: what merely follows from another conflict is left out.

A default changed on a partitioned table changes on every partition, a view's
columns follow from its definition, a serial column's sequence from the column.
"""

from collections.abc import Collection, Iterable, Iterator

from schemata.catalog import Address, CatalogObject, Kind, Sequence
from schemata.catalog.encoding import PARENTS
from schemata.merge.conflicts import Conflict, ConflictKind
from schemata.merge.rules import Draft
from schemata.merge.uses import VIEWS, inherited_from

FOLLOWING = frozenset(
    {ConflictKind.ATTRIBUTE, ConflictKind.ADDED, ConflictKind.RENAMED, ConflictKind.NULLABILITY}
)
AUTHORED = frozenset({"comment", "default", "privileges", "statistics"})


def without_repeats(conflicts: Iterable[Conflict], draft: Draft) -> tuple[Conflict, ...]:
    """The conflicts in a fixed order, each once."""
    found = list(dict.fromkeys(conflicts))
    known = {(each.kind, each.at, each.attribute) for each in found}
    disputed = {each.at for each in found}
    bodies = {each.at for each in found if each.attribute == "body"}
    names = {at for each in found if each.kind == ConflictKind.NAME for at in (each.at, each.other)}
    kept = (
        each
        for each in found
        if not (each.kind in FOLLOWING and _follows(each, known, disputed, draft))
        and not (each.kind in MENTIONS and each.other in bodies)
        and not (each.kind == ConflictKind.NAME and _is_part_of(each.at, names))
    )
    return tuple(sorted(kept, key=lambda each: (each.at, each.attribute, each.kind, repr(each.other))))


def _is_part_of(at: Address, owners: Collection[Address | None]) -> bool:
    return bool(at.parent) and any(Address(kind, at.schema, at.parent) in owners for kind in PARENTS)


MENTIONS = frozenset({ConflictKind.RENAMED_USED, ConflictKind.VALUE_USED})


def _follows(
    conflict: Conflict,
    known: set[tuple[ConflictKind, Address, str]],
    disputed: set[Address],
    draft: Draft,
) -> bool:
    at = conflict.at
    found = draft.base.objects.get(at) or draft.changed.get(at)
    if found is None:
        return False
    if is_of_view(draft, at) and conflict.attribute not in AUTHORED:
        return True
    if any((conflict.kind, above, conflict.attribute) in known for above in inherited_from(draft.get, found)):
        return True
    return any(above in disputed for above in _owners(found, conflict.kind))


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
