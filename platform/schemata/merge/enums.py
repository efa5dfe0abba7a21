"""Three-way merge of an enum's values, each followed by its oid: an added value is never lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemata.catalog import Address, Enum
from schemata.merge.conflicts import Conflict, ConflictKind
from schemata.sequences import merge_order, moved

if TYPE_CHECKING:
    from schemata.merge.objects import Version

# A value: its label in the base, or its own label where the base has no such value.
Key = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class MergedValues:
    values: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()


def merge_values(at: Address, base: "Version", ours: "Version", theirs: "Version") -> MergedValues:
    """Values that no side removed, and those that either added, in an order that both can accept."""
    before, mine, other = labels(base, base), labels(base, ours), labels(base, theirs)
    kept = {key for key in {**mine, **other} if key not in before or (key in mine and key in other)}
    kept |= {key for key in before if key in mine and key not in other and mine[key] != before[key]}
    order = merge_order(tuple(before), tuple(mine), tuple(other), kept)
    conflicts = [*_relabelled(at, before, mine, other), *_reordered(at, before, mine, other)]
    disputed = {found.attribute for found in conflicts}
    values: dict[str, bool] = {}
    for key in order:
        label = _label(key, before, mine, other)
        # Who has the label in the end follows from what people say about the renaming.
        is_open = key[0] and key[1] in disputed
        if label in values and not (is_open or values[label]):
            conflicts.append(Conflict(ConflictKind.NAME, at, label, None, label, label))
        values[label] = is_open
    return MergedValues(tuple(values), tuple(conflicts))


def labels(base: "Version", side: "Version") -> dict[Key, str]:
    """What a side calls each value. Where the enum was made anew, its values are the base's by label."""
    if not (isinstance(base.found, Enum) and isinstance(side.found, Enum)):
        return {}
    known = dict(zip(base.identity.parts, base.found.values, strict=False))
    here = set(side.identity.parts)
    kept = {label for oid, label in known.items() if oid in here}
    again = set(base.found.values) - kept
    oids = side.identity.parts or (0,) * len(side.found.values)
    keys = (
        (True, known[oid]) if oid in known else (label in again, label)
        for oid, label in zip(oids, side.found.values, strict=False)
    )
    return dict(zip(keys, side.found.values, strict=True))


def _label(key: Key, before: Mapping[Key, str], mine: Mapping[Key, str], other: Mapping[Key, str]) -> str:
    was = before.get(key, "")
    ours, theirs = mine.get(key, was), other.get(key, was)
    return theirs if ours == was else ours


def _relabelled(
    at: Address, before: Mapping[Key, str], mine: Mapping[Key, str], other: Mapping[Key, str]
) -> list[Conflict]:
    """Values renamed on one side, and renamed otherwise or removed on the other."""
    found = []
    for key, was in before.items():
        ours, theirs = mine.get(key), other.get(key)
        if ours == theirs or was in (ours, theirs):
            continue
        kind = ConflictKind.RENAMED if ours and theirs else ConflictKind.DROPPED_CHANGED
        found.append(Conflict(kind, at, was, was, ours, theirs))
    return found


def _reordered(
    at: Address, before: Mapping[Key, str], mine: Mapping[Key, str], other: Mapping[Key, str]
) -> list[Conflict]:
    """Both sides put the base's values in another order, and not in the same."""
    if not (moved(tuple(before), tuple(mine)) and moved(tuple(before), tuple(other))):
        return []
    common = set(before) & set(mine) & set(other)
    if [key for key in mine if key in common] == [key for key in other if key in common]:
        return []
    was, ours, theirs = (tuple(side.values()) for side in (before, mine, other))
    return [Conflict(ConflictKind.ATTRIBUTE, at, "values", was, ours, theirs)]
