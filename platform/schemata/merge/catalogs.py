"""The merge of two whole catalogs; its cost follows the changes, not the schema."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from schemata.catalog import NOBODY, Address, Catalog, CatalogObject, Column, Identity
from schemata.catalog.collector import collector_paused
from schemata.catalog.overlay import IdentitiesOver, ObjectsOver
from schemata.merge import rules
from schemata.merge.conflicts import Conflict, ConflictKind, Merged
from schemata.merge.dependencies import MergedDependencies, Trail
from schemata.merge.inheritance import followers
from schemata.merge.objects import Version, differing, merge_object
from schemata.merge.repeats import told_once
from schemata.merge.sides import Side, read_side
from schemata.merge.spaces import Added, Space, lifted, merge_names
from schemata.merge.twice import added_twice
from schemata.merge.uses import Lifted, is_view_column, loss_conflicts
from schemata.merge.wording import Mentioned


def merge(base: Catalog, ours: Catalog, theirs: Catalog) -> Merged:
    """Merge two sides over the base that both are clones of.

    Objects match by identity, so a rename meets a change of what it renamed. Laws:
    merge(b, x, x) = x, merge(b, b, x) = x, swapping the sides mirrors the
    conflicts, and no change of a side is missing unless a conflict names it.
    """
    with collector_paused():
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
    # What ours dropped and theirs changed, and the other way round: base and merged addresses.
    lost: dict[str, list[tuple[Address, Address]]] = field(default_factory=lambda: {"ours": [], "theirs": []})

    def run(self) -> Merged:
        renames = merge_names(self.ours, self.theirs)
        self.conflicts += renames.conflicts
        base_space = Space(renames, None)
        ours = Lifted("ours", self.ours, Space(renames, self.ours))
        theirs = Lifted("theirs", self.theirs, Space(renames, self.theirs))
        self.merge_common(base_space, ours, theirs)
        self.merge_added(ours, theirs)
        self.follow_parents()
        draft = rules.Draft(self.base, self.changed, frozenset(self.gone), self.trails)
        self.conflicts += loss_conflicts(ours, theirs, self.lost["ours"])
        self.conflicts += (found.mirrored() for found in loss_conflicts(theirs, ours, self.lost["theirs"]))
        self.conflicts += rules.conflicts(draft, ours, theirs)
        self.unsettle(ours, theirs)
        conflicts, repeats = told_once(self.conflicts, draft)
        soft = tuple(rules.soft(draft, ours, theirs))
        catalog = self.catalog(base_space, ours.space, theirs.space)
        touched = frozenset(self.changed)
        unsettled = frozenset(self.unsettled)
        return Merged(catalog, conflicts, soft, unsettled, self.base, touched, repeats)

    def merge_common(self, base_space: Space, ours: Lifted, theirs: Lifted) -> None:
        """Everything that the base has and a side touched."""
        for at in sorted({*self.ours.pairs, *self.theirs.pairs, *self.ours.dropped, *self.theirs.dropped}):
            self.gone.add(at)
            identity = self.base.identities.get(at, NOBODY)
            before = Version(base_space.lift(self.base.objects[at]), identity=identity)
            mine, other = (_version(at, each) for each in (ours, theirs))
            if mine is None or other is None:
                self.merge_dropped(at, before.found, mine, other)
                continue
            result = merge_object(at, before, mine, other)
            self.conflicts += result.conflicts
            self.unsettled |= {(result.found.address, name) for name in result.unsettled}
            self.keep(at, result.found, result.identity)

    def merge_dropped(
        self, at: Address, before: CatalogObject, mine: Version | None, other: Version | None
    ) -> None:
        """Dropped on one side at least: gone, unless the other side changed it."""
        kept = mine or other
        if kept is None or not _is_changed(at, before, kept, self.base):
            return
        taker = self.theirs if mine else self.ours
        self.lost["theirs" if mine else "ours"].append((at, kept.found.address))
        # What was made anew stands in its place, and the conflict names what it lacks.
        if at not in taker.added:
            self.keep(at, kept.found, kept.identity)

    def keep(self, at: Address, found: CatalogObject, identity: Identity) -> None:
        self.put(found, identity, Trail(at, *(_address(side.now(at)) for side in (self.ours, self.theirs))))

    def put(self, found: CatalogObject, identity: Identity, trail: Trail) -> None:
        at = found.address
        self.changed[at] = found
        self.trails[at] = trail
        if identity != NOBODY:
            self.identities[at] = identity

    def merge_added(self, ours: Lifted, theirs: Lifted) -> None:
        """What only the sides have: once where both made the same, a conflict where not."""
        mine = lifted(ours.space, self.ours.added.values())
        other = lifted(theirs.space, self.theirs.added.values())
        self.conflicts += added_twice(mine, other)
        for at in sorted({*mine, *other}):
            self.add(mine.get(at), other.get(at))

    def add(self, mine: Added | None, other: Added | None) -> None:
        added = mine or other
        if added is None:
            return
        whence, found = added
        at, side = found.address, self.ours if mine else self.theirs
        holder = self.changed.get(at) or (None if at in self.gone else self.base.objects.get(at))
        if holder is not None:
            ours, theirs = ("new", "old") if mine else ("old", "new")
            self.conflicts.append(Conflict(ConflictKind.NAME, at, "", None, ours, theirs, at))
            return
        trail = Trail(None, mine and mine[0], other and other[0])
        self.put(found, side.catalog.identities.get(whence, NOBODY), trail)

    def follow_parents(self) -> None:
        """A partition that one side made gets what the other side did to its parent's columns."""
        get = rules.Draft(self.base, self.changed, frozenset(self.gone), self.trails).get
        changes = list(followers(self.base, self.changed, self.trails, get))
        for at, found in changes:
            if found is None:
                self.changed.pop(at, None)
                self.identities.pop(at, None)
            else:
                self.changed[at] = found
                self.trails.setdefault(at, Trail())

    def unsettle(self, ours: Lifted, theirs: Lifted) -> None:
        """Texts of one side that speak of what the other side renamed."""
        for mine, other in ((ours, theirs), (theirs, ours)):
            mentioned = Mentioned(other.side.renamed, other.side.renamed_values)
            for found in mine.side.news() if mentioned else ():
                merged = mine.space.lead(found.address)
                self.unsettled |= {(merged, name) for name in mentioned.in_texts_of(found)}

    def catalog(self, *spaces: Space) -> Catalog:
        objects = ObjectsOver(self.base.objects, dict(self.placed()), self.gone)
        identities = IdentitiesOver(objects, self.base.identities, self.identities, self.gone)
        base, ours, theirs = zip((self.base, self.ours.catalog, self.theirs.catalog), spaces, strict=True)
        edges = MergedDependencies(objects, self.trails, base, ours, theirs)
        apart = frozenset((*self.changed, *self.identities, *self.gone))
        return Catalog(objects, identities, edges, self.base.postgres).near(self.base, apart)

    def placed(self) -> Iterator[tuple[Address, CatalogObject]]:
        """Columns that both sides added get different positions, in the order of their names."""
        taken: dict[tuple[str, str], set[int]] = {}
        for at, found in sorted(self.changed.items()):
            if not isinstance(found, Column):
                yield at, found
                continue
            used = taken.setdefault((at.schema, at.parent), set())
            position = found.position
            while position in used:
                position += 1
            used.add(position)
            yield at, found if position == found.position else replace(found, position=position)


def _version(at: Address, side: Lifted) -> Version | None:
    found = side.side.now(at)
    if found is None:
        return None
    return Version(side.space.lift(found), side.side.unchanged_text(at), side.side.identity(at))


def _address(found: CatalogObject | None) -> Address | None:
    return None if found is None else found.address


def _is_changed(at: Address, before: CatalogObject, kept: Version, base: Catalog) -> bool:
    """Whether a side did more to the object than move its parent, or follow from its parent."""
    names = differing(before, kept.found)
    if is_view_column(base, before):
        names = tuple(name for name in names if name in AUTHORED)
    else:
        names = ("address", *names) if kept.found.address.name != at.name else names
    return any(name == "address" or kept.changed(before, name) for name in names)


# What people write on a column of a view; all else follows from the view's definition.
AUTHORED = frozenset({"comment", "default", "privileges", "statistics"})

__all__ = ["Iterable", "Mapping", "merge"]
