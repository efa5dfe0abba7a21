"""What each merged object cannot be without, worked out only when asked for."""

from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemata.catalog import Address, Catalog
from schemata.catalog.edges import Edges
from schemata.catalog.overlay import ObjectsOver
from schemata.merge.spaces import Space


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a merged object stands in each of the three catalogs that has it."""

    base: Address | None = None
    ours: Address | None = None
    theirs: Address | None = None


Source = tuple[Catalog, Space]


class MergedDependencies(Edges):
    """The edges of all three catalogs in merged names, merged as sets.

    `trails` leads from a merged address that a side touched to where it came
    from; anything else stands under its own address in the base.
    """

    def __init__(
        self,
        objects: ObjectsOver,
        trails: Mapping[Address, Trail],
        base: Source,
        ours: Source,
        theirs: Source,
    ) -> None:
        self._objects = objects
        self._trails = trails
        self._sources = (base, ours, theirs)

    def __getitem__(self, at: Address) -> tuple[Address, ...]:
        found = self._edges(at) if at in self._objects else ()
        if not found:
            raise KeyError(at)
        return found

    def __iter__(self) -> Iterator[Address]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def root(self) -> Edges:
        base = self._sources[0][0].dependencies
        return base.root if isinstance(base, Edges) else self

    @cached_property
    def apart(self) -> frozenset[Address] | None:
        """What a side touched; known where no name changed and nothing of the base is gone."""
        base = self._sources[0][0]
        is_plain = all(space.is_plain for _, space in self._sources)
        if not isinstance(base.dependencies, Edges) or not is_plain:
            return None
        apart = base.dependencies.apart
        if apart is None or not self._objects.lacks_nothing:
            return None
        return apart | self._trails.keys()

    def items(self) -> ItemsView[Address, tuple[Address, ...]]:
        return self._all.items()

    @cached_property
    def _all(self) -> dict[Address, tuple[Address, ...]]:
        """In the order of the objects. What no side touched has edges only where the base has."""
        base = dict(self._sources[0][0].dependencies)
        apart = (at for at in self._objects if at in base or at in self._trails)
        return {at: edges for at in apart if (edges := self._edges(at))}

    def _edges(self, at: Address) -> tuple[Address, ...]:
        trail = self._trails.get(at)
        if trail is None:
            merged = self._lifted(0, at)
        else:
            before, mine, other = map(self._lifted, range(3), (trail.base, trail.ours, trail.theirs))
            lost = (before - mine if trail.ours else set()) | (before - other if trail.theirs else set())
            merged = (mine | other) - lost
        return tuple(sorted(edge for edge in merged if edge in self._objects))

    def _lifted(self, which: int, at: Address | None) -> set[Address]:
        catalog, space = self._sources[which]
        return set(map(space.lead, catalog.dependencies.get(at, ()))) if at is not None else set()
