"""Whether a database that was really reached is the one that a merge stands for."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemata.catalog import Address, Catalog, CatalogObject, Kind
from schemata.catalog.nearness import objects_apart
from schemata.diff.matching import IRREPLACEABLE
from schemata.merge.conflicts import Merged
from schemata.merge.objects import differing
from schemata.merge.uses import inherited_from, is_view_column


@dataclass(frozen=True, slots=True)
class Deviation:
    """An object that is missing, unexpected, made anew, or differs in an attribute.

    `attribute` is empty for the first two, `identity` where something that holds
    data stands under the right name but is not the one that the base had.
    """

    at: Address
    attribute: str
    expected: object
    reached: object

    @property
    def is_order_of_values(self) -> bool:
        """Whether only the order of an enum's values differs."""
        both = (self.expected, self.reached)
        if self.attribute != "values" or not all(isinstance(side, tuple) for side in both):
            return False
        return sorted(map(str, both[0])) == sorted(map(str, both[1]))  # type: ignore[call-overload]


def deviations(merged: Merged, reached: Catalog) -> tuple[Deviation, ...]:
    """What of `reached` is not as merged, the order of columns aside.

    `reached` descends from one of the merged sides, so what the base had is known
    by identity. Wording that the merge left unsettled is taken as it comes, and so
    are the names of what a partition gets from its parent.
    """
    expected = merged.catalog
    found: list[Deviation] = []
    for at in objects_apart(expected, reached):
        wanted, there = expected.objects.get(at), reached.objects.get(at)
        if _follows(expected, reached, at):
            continue
        if wanted is None and there is not None and _is_copy(expected, there):
            continue
        if wanted is None or there is None:
            found.append(Deviation(at, "", wanted, there))
        else:
            found += _differences(merged, reached, wanted, there)
    return tuple(found)


def _is_copy(expected: Catalog, there: CatalogObject) -> bool:
    """Whether Postgres made it for a partition, from a part of the parent that is as expected."""
    above = [*inherited_from(expected.objects.get, there)]
    return bool(above) and all(at in expected.objects for at in above)


def _differences(
    merged: Merged, reached: Catalog, wanted: CatalogObject, there: CatalogObject
) -> Iterator[Deviation]:
    at = wanted.address
    for name in differing(wanted, there) if wanted != there else ():
        if (at, name) not in merged.unsettled:
            yield Deviation(at, name, getattr(wanted, name, None), getattr(there, name, None))
    if at.kind in IRREPLACEABLE and not is_view_column(merged.catalog, wanted):
        was, now = merged.catalog.identities.get(at), reached.identities.get(at)
        known = merged.base.by_identity
        if was and now and was.key != now.key and (was.key in known or now.key in known):
            yield Deviation(at, "identity", was.oid, now.oid)


def _follows(expected: Catalog, reached: Catalog, at: Address) -> bool:
    """Whether it is a column of a view that is as merged: its type follows from what the view reads."""
    if at.kind is not Kind.COLUMN or at not in expected.objects or at not in reached.objects:
        return False
    for kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW):
        view = Address(kind, at.schema, at.parent)
        if view in expected.objects:
            return expected.objects[view] == reached.objects.get(view)
    return False


def schema_hash(catalog: Catalog) -> str:
    """Hex digest of a catalog, the order of columns aside: equal for databases that only differ in that."""
    return catalog.loose_hash
