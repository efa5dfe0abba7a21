"""What people look at before they decide: each conflict's object as the three sides define it, and who depends on it.

Pure values over a `MergeResult`, kept with the merge's document, so that a page needs no catalog.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sandbox.merging.values import FoundConflict, MergeResult
from schemata.catalog import Address, Catalog, CatalogObject
from schemata.merge import Conflict
from schemata.merge.resolutions import Resolution
from schemata.merge.sides import Side, read_side
from schemata.merge.spaces import Space, merge_names
from schemata.render import definition

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One conflict by its id. Definitions are SQL as `schemata.render` writes it, None where a side lacks the object.

    `merged` is what stands in the merge once people have chosen. `dependents` read like
    `view public.open_orders`, at most SHOWN of them; `more` says how many others there are.
    """

    conflict: str
    base: str | None
    ours: str | None
    theirs: str | None
    merged: str | None = None
    dependents: tuple[str, ...] = ()
    more: int = 0


def exhibits(result: MergeResult) -> tuple[Exhibit, ...]:
    """One for each conflict that is open or settled, open ones first."""
    if result.base is None or result.ours is None or result.theirs is None or result.merged is None:
        return tuple(map(_of_texts, result.conflicts))
    gallery = _Gallery(result.base, result.ours, result.theirs, result.merged.catalog)
    opened = (
        gallery.exhibit(found.conflict) if found.conflict else _of_texts(found) for found in result.conflicts
    )
    settled = (gallery.exhibit(each.conflict, each.choice) for each in result.settled)
    return (*opened, *settled)


def _of_texts(found: FoundConflict) -> Exhibit:
    """A conflict over migrations: its sides are texts already."""
    return Exhibit(found.id, _text(found.base), _text(found.ours), _text(found.theirs))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@dataclass(frozen=True)
class _Gallery:
    """Four catalogs, and the way from a conflict's addresses to each of them."""

    base: Catalog
    ours: Catalog
    theirs: Catalog
    merged: Catalog

    @cached_property
    def sides(self) -> tuple[Side, Side]:
        return read_side(self.base, self.ours), read_side(self.base, self.theirs)

    @cached_property
    def lifted(self) -> tuple[dict[Address, Address], ...]:
        """Of each side, its own addresses by merged ones, for what the side added or altered."""
        renames = merge_names(*self.sides)
        return tuple(
            {Space(renames, side).lead(each.address): each.address for each in side.news()}
            for side in self.sides
        )

    def exhibit(self, found: Conflict, choice: Resolution | None = None) -> Exhibit:
        before = [self.base.objects[at] for at in _named(found) if at in self.base.objects]
        mine, other = (self._on(place, found) for place in (0, 1))
        dependents = tuple(self._dependents(before, mine, other))
        return Exhibit(
            found.id,
            _definitions(before, self.base),
            _definitions(mine, self.ours),
            _definitions(other, self.theirs),
            _definitions(self._in_merge(found, choice), self.merged) if choice else None,
            dependents[:SHOWN],
            max(0, len(dependents) - SHOWN),
        )

    def _on(self, place: int, found: Conflict) -> list[CatalogObject]:
        """What a side has of the objects that the conflict names."""
        side, lifted = self.sides[place], self.lifted[place]
        objects: dict[Address, CatalogObject] = {}
        for at in _named(found):
            now = side.now(at) if at in self.base.objects else None
            own = now.address if now else lifted.get(at, at)
            if own in side.catalog.objects:
                objects.setdefault(own, side.catalog.objects[own])
        return list(objects.values())

    def _in_merge(self, found: Conflict, choice: Resolution) -> list[CatalogObject]:
        """By identity, for what the base has may stand under another name; new ones by their names."""
        objects = self.merged.objects
        places = [self._merged_place(at) for at in _named(found)]
        if choice.name:
            places.append(found.at._replace(name=choice.name))
        return [objects[at] for at in dict.fromkeys(places) if at in objects]

    def _merged_place(self, at: Address) -> Address:
        who = self.base.identities.get(at)
        return self.merged.by_identity.get(who.key, at) if who else at

    def _dependents(self, *versions: Iterable[CatalogObject]) -> Iterator[str]:
        catalogs = (self.base, self.ours, self.theirs)
        found = {
            at
            for catalog, objects in zip(catalogs, versions, strict=True)
            for at in _users(catalog, {each.address for each in objects})
        }
        yield from map(str, sorted(found))


def _named(found: Conflict) -> tuple[Address, ...]:
    return tuple(at for at in (found.at, found.other) if at is not None)


def _definitions(objects: Iterable[CatalogObject], catalog: Catalog) -> str | None:
    return "\n\n".join(definition(each, catalog) for each in objects) or None


def _users(catalog: Catalog, wanted: set[Address]) -> Iterator[Address]:
    """What cannot be without one of these (pg_depend), their own parts left out."""
    for at, needs in catalog.dependencies.items():
        if at not in wanted and not wanted.isdisjoint(needs) and not _is_part(at, wanted):
            yield at


def _is_part(at: Address, wanted: set[Address]) -> bool:
    return bool(at.parent) and any(
        (at.schema, at.parent) == (w.schema, w.name) and not w.parent for w in wanted
    )
