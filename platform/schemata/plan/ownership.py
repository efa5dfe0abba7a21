"""What giving objects to other owners, and revoking on tables, does to privileges by itself.

A plan says after that what is still to be granted or revoked, also on columns that are
the same before and after.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from schemata.catalog import Address, CatalogObject, Column, Grant, Kind, Owned, Sequence
from schemata.catalog.privileges import GRANTED_AS
from schemata.diff.matching import Pair
from schemata.plan.privileges import of_new_owner, steps, without_revoked
from schemata.plan.situation import Situation

_HAVE_COLUMNS = frozenset({Kind.TABLE, Kind.FOREIGN_TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW})


def with_owners_given(pairs: dict[Address, Pair], situation: Situation) -> dict[Address, Pair]:
    """`pairs`, by their addresses after, with the privileges that each has once its owner is the new one.

    Columns whose privileges change only by what happens to their table are added.
    """
    given = {at: _given(pair, situation) for at, pair in pairs.items()}
    for at, pair in pairs.items():
        if at.kind in _HAVE_COLUMNS and isinstance(pair.before, Owned) and isinstance(pair.after, Owned):
            given.update(_columns(pair.before, pair.after, given, situation))
    return given


def goes_with_table(pair: Pair, situation: Situation) -> bool:
    """Whether a sequence belongs to whoever its table belongs to, and is given along with that."""
    found = pair.after
    if not isinstance(found, Sequence) or found.owned_by is None:
        return False
    return found.identity or "owned_by" not in situation.changes(pair)


def _given(pair: Pair, situation: Situation) -> Pair:
    before, after = pair.before, pair.after
    if not isinstance(before, Owned) or not isinstance(after, Owned) or after.address.kind not in GRANTED_AS:
        return pair
    grants = of_new_owner(
        before.privileges, after.address.kind, before.owner, after.owner, situation.after.postgres
    )
    return _with(pair, grants)


def _with(pair: Pair, grants: tuple[Grant, ...]) -> Pair:
    if grants == getattr(pair.before, "privileges", grants):
        return pair
    before: CatalogObject = replace(pair.before, privileges=grants)
    return Pair(before, pair.after, pair.recreated, pair.referring, pair.renamed_values)


def _columns(
    before: Owned, after: Owned, given: dict[Address, Pair], situation: Situation
) -> Iterator[tuple[Address, Pair]]:
    postgres = situation.after.postgres
    standing = of_new_owner(before.privileges, after.address.kind, before.owner, after.owner, postgres)
    revoked = [step for step in steps(standing, after.privileges, after.owner) if step.revoked]
    if before.owner == after.owner and not revoked:
        return
    for part in situation.before.children.get(before.address, ()):
        now = situation.now(part.address)
        if not isinstance(part, Column) or not part.privileges or not isinstance(now, Column):
            continue
        grants = of_new_owner(part.privileges, Kind.COLUMN, before.owner, after.owner, postgres)
        grants = without_revoked(grants, revoked, postgres)
        pair = given.get(now.address, Pair(part, now))
        if now.address in given or grants != now.privileges:
            yield now.address, _with(pair, grants)
