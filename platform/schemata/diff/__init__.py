"""Two catalogs -> changes.

`matching` says which object of one is which of the other, `attributes` what
differs between the two, `covering` which changes another one says already,
`summaries` puts each into a sentence.
"""

from collections.abc import Iterator

from schemata.catalog import Catalog, CatalogObject
from schemata.catalog.collector import collector_paused
from schemata.changes import Action, Change
from schemata.diff.attributes import altered_attributes, column_orders
from schemata.diff.covering import Covering
from schemata.diff.matching import Match, match
from schemata.diff.summaries import summarise

__all__ = ["diff"]


def diff(
    before: Catalog, after: Catalog, *, same_origin: bool, trunk: Catalog | None = None
) -> tuple[Change, ...]:
    """What turns `before` into `after`, in a fixed order, grouped by object.

    With `same_origin` (both databases descend from one template) objects match
    by identity: a rename is a rename, and what merely mentions the renamed object
    is unchanged. Tables, columns and sequences that were dropped and made anew are
    reported as both, `recreated`. Otherwise objects match by address. `trunk` is the
    catalog that both were cloned from, where `before` went on from there as well: what
    is not in it was made on each side apart, and matches by address.
    """
    if before is after:
        return ()
    with collector_paused():
        found = match(before, after, same_origin=same_origin, trunk=trunk)
    changes = [*_dropped_and_added(found), *_renamed_and_altered(found), *column_orders(found)]
    covering = Covering(found, changes)
    changes = [covering.mark(change) for change in changes]
    changes.sort(key=_order)
    return tuple(summarise(change) for change in changes)


def _dropped_and_added(found: Match) -> Iterator[Change]:
    again = {each.address for each in found.dropped} & {each.address for each in found.added}
    for each in found.dropped:
        yield Change(Action.DROP, each.address, before=each, recreated=each.address in again)
    for each in found.added:
        yield Change(Action.ADD, each.address, after=each, recreated=each.address in again)


def _renamed_and_altered(found: Match) -> Iterator[Change]:
    for pair in found.pairs:
        previous = pair.before.address if pair.before.address != pair.after.address else None
        if found.is_renamed(pair):
            yield Change(Action.RENAME, pair.after.address, pair.before, pair.after, previous=previous)
        attributes = altered_attributes(pair)
        if attributes:
            yield Change(
                Action.ALTER,
                pair.after.address,
                pair.before,
                pair.after,
                attributes,
                previous,
                recreated=pair.recreated,
                renamed_values=pair.renamed_values,
            )


_ACTIONS = {Action.DROP: 0, Action.RENAME: 1, Action.ALTER: 2, Action.ADD: 3}


def _order(change: Change) -> tuple[str, str, bool, str, int, str, int, bool]:
    """Schema, object, then its parts by kind; columns in their order."""
    at = change.address
    return (
        at.schema,
        at.parent or at.name,
        bool(at.parent),
        at.kind,
        _position(change.after or change.before),
        at.name,
        _ACTIONS[change.action],
        change.soft,
    )


def _position(found: CatalogObject | None) -> int:
    return int(getattr(found, "position", 0))
