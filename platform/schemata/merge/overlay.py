"""A catalog's mappings as those of the base and what differs, put together only where someone walks them."""

from bisect import bisect_left
from collections.abc import Collection, ItemsView, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from schemata.catalog import Address, CatalogObject, Identity
from schemata.catalog.encoding import canonical_order

Value = TypeVar("Value")


class Overlay(Mapping[Address, Value]):
    """`changed` over `base` without `gone`. Looking up costs nothing that grows with the base."""

    def __init__(
        self, base: Mapping[Address, Value], changed: Mapping[Address, Value], gone: Collection[Address]
    ) -> None:
        self._base = base
        self._changed = changed
        self._gone = gone

    def __getitem__(self, at: Address) -> Value:
        if at in self._changed:
            return self._changed[at]
        if at in self._gone:
            raise KeyError(at)
        return self._base[at]

    def __contains__(self, at: object) -> bool:
        return at in self._changed or (at not in self._gone and at in self._base)

    def __iter__(self) -> Iterator[Address]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def items(self) -> ItemsView[Address, Value]:
        return self._all.items()

    @cached_property
    def _all(self) -> dict[Address, Value]:
        return self._together()

    def _together(self) -> dict[Address, Value]:
        kept = dict(self._base)
        for at in self._gone:
            kept.pop(at, None)
        return kept | dict(self._changed)


class MergedObjects(Overlay[CatalogObject]):
    """Objects in canonical order, as every catalog keeps them."""

    def _together(self) -> dict[Address, CatalogObject]:
        kept = dict(self._base)
        for at in self._gone:
            kept.pop(at, None)
        ordered, place = list(kept.values()), 0
        pieces: list[CatalogObject] = []
        for found in sorted(self._changed.values(), key=canonical_order):
            end = bisect_left(ordered, canonical_order(found), lo=place, key=canonical_order)
            pieces += ordered[place:end]
            pieces.append(found)
            place = end
        pieces += ordered[place:]
        return {found.address: found for found in pieces}


class MergedIdentities(Overlay[Identity]):
    """In the order of the objects, so that a comparison walks both in lockstep."""

    def __init__(
        self,
        objects: Mapping[Address, CatalogObject],
        base: Mapping[Address, Identity],
        changed: Mapping[Address, Identity],
        gone: Collection[Address],
    ) -> None:
        super().__init__(base, changed, gone)
        self._objects = objects

    def _together(self) -> dict[Address, Identity]:
        known = super()._together()
        return {at: known[at] for at in self._objects if at in known}
