"""A catalog's mappings as those of another one and what differs, put together only where someone walks them."""

from bisect import bisect_left
from collections.abc import Collection, ItemsView, Iterator, KeysView, Mapping, ValuesView
from functools import cached_property
from typing import Any, TypeVar

from schemata.catalog.address import Address
from schemata.catalog.encoding import canonical_order
from schemata.catalog.identity import Identity
from schemata.catalog.objects import CatalogObject

Value = TypeVar("Value")
# Up to so many places are looked up one by one; from there on it is quicker to put all together.
FEW = 512


class Overlay(Mapping[Address, Value]):
    """`changed` over `base` without `gone`. Looking up costs nothing that grows with the base."""

    def __init__(
        self, base: Mapping[Address, Value], changed: Mapping[Address, Value], gone: Collection[Address]
    ) -> None:
        self._base = base
        self._changed = changed
        self._gone = gone
        # Whether there is a value for whatever the `base` has one for.
        self.lacks_nothing = all(at in changed or at not in base for at in gone)
        if isinstance(base, Overlay):
            self._lie_on(base)

    def _lie_on(self, other: "Overlay[Value]") -> None:
        """On what the other one lies on: one upon another would make every lookup as long as their number."""
        if len(other._changed) > FEW:
            self._base = other._all
            return
        self._base = other._base
        below = {at: each for at, each in other._changed.items() if at not in self._gone}
        self._changed = {**below, **self._changed}
        self._gone = frozenset((*other._gone, *self._gone))

    def __getitem__(self, at: Address) -> Value:
        if at in self._changed:
            return self._changed[at]
        if at in self._gone:
            raise KeyError(at)
        return self._base[at]

    def get(self, at: Address, default: Any = None) -> Any:
        if at in self._changed:
            return self._changed[at]
        return default if at in self._gone else self._base.get(at, default)

    def __contains__(self, at: object) -> bool:
        return at in self._changed or (at not in self._gone and at in self._base)

    def __iter__(self) -> Iterator[Address]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def items(self) -> ItemsView[Address, Value]:
        return self._all.items()

    def keys(self) -> KeysView[Address]:
        return self._all.keys()

    def values(self) -> ValuesView[Value]:
        return self._all.values()

    @cached_property
    def _all(self) -> dict[Address, Value]:
        return self._together()

    def _together(self) -> dict[Address, Value]:
        kept = dict(self._base)
        for at in self._gone:
            kept.pop(at, None)
        return kept | dict(self._changed)


class ObjectsOver(Overlay[CatalogObject]):
    """Objects in canonical order, as every catalog keeps them."""

    def _together(self) -> dict[Address, CatalogObject]:
        kept = dict(self._base)
        for at in (*self._gone, *self._changed):
            kept.pop(at, None)
        if len(self._changed) > FEW:
            together = sorted((*kept.values(), *self._changed.values()), key=canonical_order)
            return {found.address: found for found in together}
        ordered, place = list(kept.values()), 0
        pieces: list[CatalogObject] = []
        for found in sorted(self._changed.values(), key=canonical_order):
            end = bisect_left(ordered, canonical_order(found), lo=place, key=canonical_order)
            pieces += ordered[place:end]
            pieces.append(found)
            place = end
        pieces += ordered[place:]
        return {found.address: found for found in pieces}


class IdentitiesOver(Overlay[Identity]):
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
