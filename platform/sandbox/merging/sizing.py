"""Which tables of the target a cost goes through, under the names that they have there: what sizes are looked up by."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from schemata.catalog import Address, Catalog, CatalogObject, Column, MaterializedView, Table
from schemata.diff.matching import Match, match
from schemata.plan.owners import owner_of
from schemata.sizes import Standing, columns_mark


class TablesBefore:
    """Finds tables of `merged` in `ours` by identity, so that one that was renamed is looked up as what it was."""

    def __init__(self, ours: Catalog, merged: Catalog) -> None:
        self._ours, self._merged = ours, merged

    def of(self, at: Address) -> tuple[Standing, ...] | None:
        """The tables whose rows something at `at` in `merged` makes Postgres go through; a new one is left out.

        A measure of a table counts its partitions and heirs, so those are told only where they were not
        that before. None where it can't be told which tables they are.
        """
        table = self._table(at)
        if table is None:
            return None
        before = self._before(table.address)
        if before is None and table.address not in self._added:
            return None
        counted = _heirs(before, self._heirs_before) if before else set()
        joined = {self._before(heir) for heir in _heirs(table.address, self._heirs_after)}
        found = {before, *joined} - counted
        return tuple(sorted(self._standing(each) for each in found if each))

    def now(self, at: Address) -> Address:
        """Where a table of `ours` stands in `merged`, or stood where it is gone."""
        return next((after for after, before in self._moved.items() if before == at), at)

    def is_new(self, at: Address) -> bool:
        """Whether something of `merged` was not there before, under whatever name."""
        return at in self._added

    def _table(self, at: Address) -> CatalogObject | None:
        found = owner_of(at, self._merged) if at.parent else self._merged.objects.get(at)
        return found if isinstance(found, Table | MaterializedView) else None

    @cached_property
    def _heirs_before(self) -> Mapping[Address, Sequence[Address]]:
        return _by_parent(self._ours)

    @cached_property
    def _heirs_after(self) -> Mapping[Address, Sequence[Address]]:
        return _by_parent(self._merged)

    @cached_property
    def _moved(self) -> dict[Address, Address]:
        return {pair.after.address: pair.before.address for pair in self._found.pairs}

    @cached_property
    def _added(self) -> frozenset[Address]:
        return frozenset(each.address for each in self._found.added)

    @cached_property
    def _found(self) -> Match:
        return match(self._ours, self._merged, same_origin=True)

    def _before(self, at: Address) -> Address | None:
        """Where a table of `merged` stood; None for a new one, and for one of which that can't be told."""
        if at in self._added:
            return None
        found = self._moved.get(at, at)
        return found if found in self._ours.objects else None

    def _standing(self, at: Address) -> Standing:
        parts = self._ours.children.get(at, ())
        names = (part.address.name for part in parts if isinstance(part, Column))
        return Standing(at.schema, at.name, columns_mark(names))


def _heirs(at: Address, heirs: Mapping[Address, Sequence[Address]]) -> set[Address]:
    """Partitions and heirs of a table, theirs too."""
    seen: set[Address] = set()
    left = [*heirs.get(at, ())]
    while left:
        heir = left.pop()
        if heir not in seen:
            seen.add(heir)
            left += heirs.get(heir, ())
    return seen


def _by_parent(catalog: Catalog) -> Mapping[Address, Sequence[Address]]:
    found: dict[Address, list[Address]] = defaultdict(list)
    for each in catalog.objects.values():
        for parent in each.parents if isinstance(each, Table) else ():
            found[parent].append(each.address)
    return found
