"""Three-way merge of one attribute's value: plain, a list in order, or a set of named entries."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from schemata.catalog import PublishedTable
from schemata.merge.grants import merge_grants
from schemata.sequences import merge_order


@dataclass(frozen=True, slots=True)
class MergedValue:
    """`agreed` is False where both sides changed it differently; the value is ours then.

    `taken` says whose value it is: `base`, `ours`, `theirs`, or `both` where it was
    joined from both sides.
    """

    value: Any
    taken: str = "base"
    agreed: bool = True


def merge_value(name: str, base: Any, ours: Any, theirs: Any) -> MergedValue:
    """Merge the three values of the attribute called `name`."""
    if ours == theirs or theirs == base:
        return MergedValue(ours, "ours")
    if ours == base:
        return MergedValue(theirs, "theirs")
    if name == "privileges":
        value, agreed = merge_grants(base, ours, theirs)
        return MergedValue(value, "both", agreed)
    if name in ENTRIES and isinstance(ours, tuple):
        return _merge_entries(ENTRIES[name], base, ours, theirs)
    return MergedValue(ours, "ours", agreed=False)


def _option(entry: str) -> Hashable:
    return entry.split("=", 1)[0]


def _pair(entry: tuple[str, str]) -> Hashable:
    return entry[0]


def _published(entry: PublishedTable) -> Hashable:
    return entry.table


ENTRIES: dict[str, Callable[[Any], Hashable]] = {
    "options": _option,
    "settings": _option,
    "server_options": _option,
    "foreign_options": _option,
    "attributes": _pair,
    "tables": _published,
    "schemas": str,
    "transforms": str,
}


def _merge_entries(key: Callable[[Any], Hashable], base: Any, ours: Any, theirs: Any) -> MergedValue:
    """Merge entries key by key; they stay sorted where every side has them so."""
    versions = [{key(entry): entry for entry in side} for side in (base, ours, theirs)]
    merged: dict[Hashable, Any] = {}
    agreed = True
    for each in dict.fromkeys([*versions[1], *versions[2], *versions[0]]):
        before, mine, other = (version.get(each) for version in versions)
        agreed = agreed and (mine == other or before in (mine, other))
        chosen = other if mine == before else mine
        if chosen is not None:
            merged[each] = chosen
    before_keys, our_keys, their_keys = map(tuple, versions)
    order = merge_order(before_keys, our_keys, their_keys, merged)
    found = [merged[each] for each in order]
    is_sorted = all(list(side) == _sorted(side) for side in (base, ours, theirs))
    return MergedValue(tuple(_sorted(found) if is_sorted else found), "both", agreed)


def _sorted(entries: Iterable[Any]) -> list[Any]:
    return sorted(entries, key=lambda entry: entry.table if isinstance(entry, PublishedTable) else entry)
