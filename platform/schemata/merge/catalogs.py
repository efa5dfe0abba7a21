"""The merge of two whole catalogs; its cost follows the changes, not the schema."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from msgspec.structs import replace

from schemata.catalog import NOBODY, Address, Catalog, CatalogObject, Column, Identity
from schemata.merge import rules
from schemata.merge.conflicts import Conflict, ConflictKind, Merged, Soft
from schemata.merge.dependencies import MergedDependencies, Trail
from schemata.merge.objects import Version, differing, merge_object
from schemata.merge.sides import Side, read_side
from schemata.merge.spaces import Added, Renames, Space, lifted, merge_names


def merge(base: Catalog, ours: Catalog, theirs: Catalog) -> Merged:
    """Merge two sides over the base that both are clones of.

    Objects match by identity, so a rename meets a change of what it renamed. Laws:
    merge(b, x, x) = x, merge(b, b, x) = x, swapping the sides mirrors the
    conflicts, and no change of a side is missing unless a conflict names it.
    """
    return _Merge(base, read_side(base, ours), read_side(base, theirs)).run()


@dataclass(slots=True)
class _Merge:
    """A merge under way: what was decided so far."""

    base: Catalog
    ours: Side
    theirs: Side
    conflicts: list[Conflict] = field(default_factory=list)
    unsettled: set[tuple[Address, str]] = field(default_factory=set)
    changed: dict[Address, CatalogObject] = field(default_factory=dict)
    identities: dict[Address, Identity] = field(default_factory=dict)
    trails: dict[Address, Trail] = field(default_factory=dict)
    gone: set[Address] = field(default_factory=set)

    def run(self) -> Merged:
        renames = merge_names(self.ours, self.theirs)
        self.conflicts += renames.conflicts
        spaces = [Space(renames, side) for side in (None, self.ours, self.theirs)]
        self.merge_common(*spaces)
        self.merge_added(*spaces[1:])
        soft = self.apply_rules(renames, *spaces[1:])
        conflicts = sorted(
            dict.fromkeys(self.conflicts), key=lambda found: (found.at, found.attribute, found.kind)
        )
        return Merged(
            self.catalog(*spaces),
            tuple(conflicts),
            tuple(soft),
            frozenset(self.unsettled),
            self.base,
            frozenset(self.changed),
        )

    def merge_common(self, base_space: Space, our_space: Space, their_space: Space) -> None:
        """Everything that the base has and a side touched."""
        for at in sorted({*self.ours.pairs, *self.theirs.pairs, *self.ours.dropped, *self.theirs.dropped}):
            self.gone.add(at)
            before = Version(
                base_space.lift(self.base.objects[at]), identity=self.base.identities.get(at, NOBODY)
            )
            mine, other = (
                self.version(at, *each) for each in ((self.ours, our_space), (self.theirs, their_space))
            )
            if mine is None or other is None:
                self.merge_dropped(at, before.found, mine, other)
                continue
            result = merge_object(at, before, mine, other)
            self.conflicts += result.conflicts
            self.unsettled |= {(result.found.address, name) for name in result.unsettled}
            self.keep(at, result.found, result.identity)

    def version(self, at: Address, side: Side, space: Space) -> Version | None:
        found = side.now(at)
        if found is None:
            return None
        return Version(space.lift(found), side.unchanged_text(at), side.identity(at))

    def merge_dropped(
        self, at: Address, before: CatalogObject, mine: Version | None, other: Version | None
    ) -> None:
        """Dropped on one side at least: gone, unless the other side changed it."""
        kept = mine or other
        if kept is None or not _is_changed(before, kept):
            return
        ours, theirs = (None if each is None else str(each.found.address) for each in (mine, other))
        self.conflicts.append(Conflict(ConflictKind.DROPPED_CHANGED, at, "", str(at), ours, theirs))
        self.keep(at, kept.found, kept.identity)

    def keep(self, at: Address, found: CatalogObject, identity: Identity) -> None:
        self.put(found, identity, Trail(at, *(_address(side.now(at)) for side in (self.ours, self.theirs))))

    def put(self, found: CatalogObject, identity: Identity, trail: Trail) -> None:
        at = found.address
        self.changed[at] = found
        self.trails[at] = trail
        if identity != NOBODY:
            self.identities[at] = identity

    def merge_added(self, our_space: Space, their_space: Space) -> None:
        """What only the sides have: once where both made the same, a conflict where not."""
        mine = lifted(our_space, self.ours.added.values())
        other = lifted(their_space, self.theirs.added.values())
        for at in sorted({*mine, *other}):
            if at in mine and at in other:
                self.conflicts += _added_twice(at, mine[at][1], other[at][1])
            self.add(mine.get(at), other.get(at))

    def add(self, mine: Added | None, other: Added | None) -> None:
        added = mine or other
        if added is None:
            return
        whence, found = added
        side, at = self.ours if mine else self.theirs, found.address
        holder = self.changed.get(at) or (None if at in self.gone else self.base.objects.get(at))
        if holder is not None:
            self.conflicts.append(Conflict(ConflictKind.NAME, at, other=at))
            return
        trail = Trail(None, mine and mine[0], other and other[0])
        self.put(found, side.catalog.identities.get(whence, NOBODY), trail)

    def apply_rules(self, renames: Renames, our_space: Space, their_space: Space) -> Iterator[Soft]:
        sides = (rules.Lifted(self.ours, our_space), rules.Lifted(self.theirs, their_space))
        merged = rules.MergedObjects(self.base, self.changed, frozenset(self.gone))
        self.conflicts += rules.conflicts(merged, renames, *sides)
        return rules.soft(merged, *sides)

    def catalog(self, *spaces: Space) -> Catalog:
        kept = (found for at, found in self.base.objects.items() if at not in self.gone)
        objects = chain(kept, _placed(self.base, self.changed.values()))
        identities = {at: who for at, who in self.base.identities.items() if at not in self.gone}
        ordered = Catalog.of(objects)
        catalogs = (self.base, self.ours.catalog, self.theirs.catalog)
        edges = MergedDependencies(ordered.objects, self.trails, *zip(catalogs, spaces, strict=True))
        return Catalog(ordered.objects, identities | self.identities, edges, self.base.postgres)


def _address(found: CatalogObject | None) -> Address | None:
    return None if found is None else found.address


def _is_changed(before: CatalogObject, kept: Version) -> bool:
    """Whether a side did more to the object than move its parent."""
    renamed = kept.found.address.name != before.address.name
    return renamed or any(kept.changed(before, name) for name in differing(before, kept.found))


def _added_twice(at: Address, mine: CatalogObject, other: CatalogObject) -> Iterator[Conflict]:
    for name in differing(mine, other):
        ours, theirs = (getattr(each, name, type(each).__name__.lower()) for each in (mine, other))
        yield Conflict(ConflictKind.ADDED, at, name, None, ours, theirs)


def _placed(base: Catalog, changed: Iterable[CatalogObject]) -> Iterator[CatalogObject]:
    """Columns that both sides added get different positions, in the order of their names."""
    taken: dict[tuple[str, str], set[int]] = {}
    for found in sorted(changed, key=lambda found: found.address):
        if isinstance(found, Column):
            used = taken.setdefault((found.address.schema, found.address.parent), set())
            position = found.position
            while position in used:
                position += 1
            used.add(position)
            yield found if position == found.position else replace(found, position=position)
        else:
            yield found
