"""Three-way merge of ordered lists: enum values, the members of a block, the blocks of a file."""

from collections.abc import Collection, Hashable, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def merge_order(
    base: Sequence[Key], ours: Sequence[Key], theirs: Sequence[Key], kept: Collection[Key]
) -> tuple[Key, ...]:
    """The keys of `kept` in one order that respects both sides.

    Each sequence holds a key at most once. The side that moved old keys leads,
    ours where both or neither did; what only the other side has is put behind
    the key that stands before it there, after the leader's own additions at
    that place.
    """
    leader, other = (theirs, ours) if _only_theirs_moved(base, ours, theirs) else (ours, theirs)
    merged = [key for key in leader if key in kept]
    old = set(base)
    for position, key in enumerate(other):
        if key in kept and key not in merged:
            merged.insert(_place(merged, other[:position], old), key)
    return tuple(merged)


def moved(base: Sequence[Key], side: Sequence[Key]) -> bool:
    """Whether the keys that both have stand in another order."""
    common = set(base) & set(side)
    return [key for key in base if key in common] != [key for key in side if key in common]


def _only_theirs_moved(base: Sequence[Key], ours: Sequence[Key], theirs: Sequence[Key]) -> bool:
    return moved(base, theirs) and not moved(base, ours)


def _place(merged: list[Key], before: Sequence[Key], old: set[Key]) -> int:
    """Behind the nearest predecessor that is there, and behind new keys that follow it."""
    anchor = next((merged.index(key) + 1 for key in reversed(before) if key in merged), 0)
    while anchor < len(merged) and merged[anchor] not in old and merged[anchor] not in before:
        anchor += 1
    return anchor
