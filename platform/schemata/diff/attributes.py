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
    for relation, pairs in _moved_columns(found).items():
        before, after = _owner(found.before, pairs[0].before), _owner(found.after, pairs[0].after)
        if before is None or after is None:
            continue
        names = _common_columns(found, before, after)
        if names[0] != names[1]:
            change = AttributeChange("column order", *names)
            previous = before.address if before.address != relation else None
            yield Change(Action.ALTER, relation, before, after, (change,), previous=previous, soft=True)


def _moved_columns(found: Match) -> Mapping[Address, list[Pair]]:
    moved: dict[Address, list[Pair]] = defaultdict(list)
    for pair in found.pairs:
        before, after = pair.before, pair.after
        if isinstance(before, Column | Attribute) and isinstance(after, Column | Attribute):
            owner = _owner(found.after, after)
            if before.position != after.position and owner is not None:
                moved[owner.address].append(pair)
    return moved


def _owner(catalog: Catalog, part: CatalogObject) -> CatalogObject | None:
    at = part.address
    for kind in PARENTS:
        owner = catalog.objects.get(Address(kind, at.schema, at.parent))
        if owner is not None:
            return owner
    return None


def _common_columns(
    found: Match, before: CatalogObject, after: CatalogObject
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names (those of `after`) of the columns that both have, in the order of each."""
    renamed = {pair.before.address: pair.after.address.name for pair in found.pairs}
    gone = {each.address for each in found.dropped}
    new = {each.address for each in found.added}
    ours = [part.address for part in found.before.children.get(before.address, ())]
    theirs = [part.address for part in found.after.children.get(after.address, ())]
    return (
        tuple(renamed.get(at, at.name) for at in ours if at.kind in COLUMNS and at not in gone),
        tuple(at.name for at in theirs if at.kind in COLUMNS and at not in new),
    )


COLUMNS = frozenset({Kind.COLUMN, Kind.ATTRIBUTE})
