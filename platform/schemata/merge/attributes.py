"""Three-way merge of one attribute's value: plain, a list in order, or a set of named entries."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from schemata.catalog import Grant, PublishedTable
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
    if name in ENTRIES and isinstance(ours, tuple):
        return _merge_entries(ENTRIES[name], base, ours, theirs)
    return MergedValue(ours, "ours", agreed=False)


def merge_values_of_enum(
    base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]
) -> tuple[str, ...]:
    """Values that no side removed, and those that either added, in an order that both can accept."""
    removed = (set(base) - set(ours)) | (set(base) - set(theirs))
    kept = (set(ours) | set(theirs)) - removed
    return merge_order(base, ours, theirs, kept)


def _option(entry: str) -> Hashable:
    return entry.split("=", 1)[0]


def _grant(entry: Grant) -> Hashable:
    return (entry.role, entry.grantable, entry.revoked)


def _pair(entry: tuple[str, str]) -> Hashable:
    return entry[0]


def _published(entry: PublishedTable) -> Hashable:
    return entry.table


ENTRIES: dict[str, Callable[[Any], Hashable]] = {
    "options": _option,
    "settings": _option,
    "server_options": _option,
    "foreign_options": _option,
    "privileges": _grant,
    "attributes": _pair,
    "tables": _published,
    "schemas": str,
    "transforms": str,
}


def _merge_entries(key: Callable[[Any], Hashable], base: Any, ours: Any, theirs: Any) -> MergedValue:
    """Merge sets of entries key by key; privileges of one role are merged as a set again."""
    versions = [{key(entry): entry for entry in side} for side in (base, ours, theirs)]
    merged: list[Any] = []
    agreed = True
    for each in dict.fromkeys([*versions[1], *versions[2], *versions[0]]):
        before, mine, other = (version.get(each) for version in versions)
        if mine != other and before not in (mine, other):
            joined = _join_grants(before, mine, other)
            agreed = agreed and joined is not None
            mine, other = joined or mine, joined or other
        chosen = other if mine == before else mine
        if chosen is not None:
            merged.append(chosen)
    return MergedValue(tuple(sorted(merged, key=repr)), "both", agreed)


def _join_grants(base: Any, ours: Any, theirs: Any) -> Grant | None:
    if not isinstance(ours, Grant) or not isinstance(theirs, Grant):
        return None
    before = set(base.privileges) if isinstance(base, Grant) else set()
    mine, other = set(ours.privileges), set(theirs.privileges)
    kept = (mine | other) - (before - mine) - (before - other)
    return Grant(ours.role, tuple(sorted(kept)), ours.grantable, ours.revoked)
