"""What differs between the two states of one object."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from schemata.catalog import Address, Attribute, Catalog, CatalogObject, Column, Kind
from schemata.catalog.encoding import PARENTS
from schemata.changes import Action, AttributeChange, Change
from schemata.diff.matching import Match, Pair


def altered_attributes(pair: Pair) -> tuple[AttributeChange, ...]:
    """Attributes that differ and do not merely speak of something renamed; no soft ones."""
    of: Any = type(pair.before)
    return tuple(
        AttributeChange(name, getattr(pair.before, name), getattr(pair.after, name))
        for name in _hard_attributes(of)
        if getattr(pair.before, name) != getattr(pair.after, name) and name not in pair.referring
    )


@cache
def _hard_attributes(of: Any) -> tuple[str, ...]:
    # A routine's bare name is part of its address, and reported as a rename.
    apart = {"address", "name", *of.SOFT}
    return tuple(name for name in of.__struct_fields__ if name not in apart)


def column_orders(found: Match) -> Iterator[Change]:
    """For each table whose columns stand in another order: one soft change."""
    owners = list(_owners_of_moved(found))
    ours = _columns_by_place(found.before, {_place(before) for before, _ in owners})
    theirs = _columns_by_place(found.after, {_place(after) for _, after in owners})
    renamed = {pair.before.address: pair.after.address.name for pair in found.pairs}
    gone = {each.address for each in found.dropped}
    new = {each.address for each in found.added}
    for before, after in owners:
        was = tuple(renamed.get(at, at.name) for at in ours.get(_place(before), ()) if at not in gone)
        now = tuple(at.name for at in theirs.get(_place(after), ()) if at not in new)
        if was != now:
            change = AttributeChange("column order", was, now)
            previous = before.address if before.address != after.address else None
            yield Change(Action.ALTER, after.address, before, after, (change,), previous=previous, soft=True)


def _owners_of_moved(found: Match) -> Iterator[tuple[CatalogObject, CatalogObject]]:
    """Tables and types, before and after, some column of which has another number now."""
    seen: set[Address] = set()
    for pair in found.pairs:
        before, after = pair.before, pair.after
        if isinstance(before, Column | Attribute) and isinstance(after, Column | Attribute):
            was, now = _owner(found.before, before), _owner(found.after, after)
            if before.position != after.position and was and now and now.address not in seen:
                seen.add(now.address)
                yield was, now


def _owner(catalog: Catalog, part: CatalogObject) -> CatalogObject | None:
    at = part.address
    owners = (catalog.objects.get(Address(kind, at.schema, at.parent)) for kind in PARENTS)
    return next((owner for owner in owners if owner is not None), None)


def _place(owner: CatalogObject) -> tuple[str, str]:
    return owner.address.schema, owner.address.name


def _columns_by_place(
    catalog: Catalog, places: set[tuple[str, str]]
) -> Mapping[tuple[str, str], list[Address]]:
    """Addresses of the columns of these tables, in their order."""
    columns: dict[tuple[str, str], list[tuple[int, Address]]] = defaultdict(list)
    for place in places:
        owners = (Address(kind, *place) for kind in PARENTS)
        for part in (part for owner in owners for part in catalog.children.get(owner, ())):
            if part.address.kind in COLUMNS:
                columns[place].append((getattr(part, "position", 0), part.address))
    return {place: [at for _, at in sorted(found)] for place, found in columns.items()}


COLUMNS = frozenset({Kind.COLUMN, Kind.ATTRIBUTE})
