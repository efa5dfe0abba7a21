"""One side as it would be had its people decided otherwise: a catalog that can be edited.

A resolution edits the sides, and the merge is done again: whatever follows from
the choice follows by the same rules as ever.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from schemata.catalog import (
    NOBODY,
    Address,
    Catalog,
    CatalogObject,
    Column,
    Constraint,
    Enum,
    Function,
    Identity,
    Index,
    Kind,
    Sequence,
)
from schemata.catalog.encoding import PARENTS
from schemata.merge.enums import labels
from schemata.merge.objects import Version
from schemata.merge.spaces import Renames, Space
from schemata.merge.uses import VIEWS, Lifted, above


class ResolutionError(ValueError):
    """Answers that do not fit: `problems` says of each what is wrong with it."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Revision:
    """Addresses are the side's own, but for `origin`: there it is the base's."""

    def __init__(self, lifted: Lifted) -> None:
        self.name, self.side, self.space = lifted.name, lifted.side, lifted.space
        self.base = lifted.side.base
        self._objects = dict(lifted.side.catalog.objects)
        self._identities = dict(lifted.side.catalog.identities)
        self._renamed: dict[Address, Address] = {}
        self._restored: dict[Address, tuple[CatalogObject, Identity]] = {}

    @cached_property
    def made(self) -> Mapping[Address, Address]:
        """Where what this side made stands on it, by merged address."""
        return {self.space.lead(at): at for at in self.side.added}

    @cached_property
    def altered(self) -> Mapping[Address, Address]:
        """Where what this side altered or moved stands on it, by merged address."""
        now = (pair.after.address for pair in self.side.pairs.values())
        return {self.space.lead(at): at for at in now}

    @cached_property
    def merged(self) -> Mapping[Address, Address]:
        return {**self.altered, **self.made}

    def catalog(self) -> Catalog:
        """The side as edited. Raises ResolutionError where two objects would have one name."""
        dependencies = self.side.catalog.dependencies
        objects = [(found, self._identities.get(at, NOBODY)) for at, found in self._objects.items()]
        restored = list(self._restored.values())
        if self._renamed:
            self._take_parts_along()
            space = Space(Renames(self._renamed, ()), None)
            objects = [(_renamed(space.lift(found), found), who) for found, who in objects]
            dependencies = {space.lead(at): tuple(map(space.lead, it)) for at, it in dependencies.items()}
            # Its own name may be one that another object gives up.
            restored = [
                (replace(space.lift(found), address=found.address), who)
                for found, who in self._restored.values()
            ]
        objects += restored
        identities = {found.address: who for found, who in objects}
        if len(identities) < len(objects):
            raise ResolutionError(tuple(_taken_twice(found.address for found, _ in objects)))
        return Catalog.of(
            (found for found, _ in objects),
            identities=identities,
            dependencies=dependencies,
            postgres=self.side.catalog.postgres,
        )

    def _take_parts_along(self) -> None:
        """What was put back on a table goes with it when the table's name is taken back."""
        owners = {(at.schema, at.name): to for at, to in self._renamed.items() if at.kind in PARENTS}
        for at in self._objects:
            to = owners.get((at.schema, at.parent)) if at.parent else None
            if to and at not in self._renamed:
                self._renamed[at] = at._replace(schema=to.schema, parent=to.name)
        for at, (found, who) in self._restored.items():
            to = owners.get((found.address.schema, found.address.parent)) if at.parent else None
            if to:
                home = found.address._replace(schema=to.schema, parent=to.name)
                self._restored[at] = replace(found, address=home), who

    def now(self, origin: Address) -> Address | None:
        found = self.side.now(origin)
        return found.address if found else None

    def undo(self, origin: Address, *attributes: str) -> None:
        """Give an object of the base its attributes back."""
        at = self.now(origin)
        if at is None or at not in self._objects:
            return
        before = self.base.objects[origin]
        values = {name: getattr(before, name) for name in attributes}
        self._objects[at] = replace(self._objects[at], **values)
        who, was = self._identities.get(at, NOBODY), self.base.identities.get(origin, NOBODY)
        self._identities[at] = _with_tokens(before, who, attributes, was)
        if "definition" in attributes and origin.kind in VIEWS:
            self._undo_columns(origin, at)

    def _undo_columns(self, origin: Address, view: Address) -> None:
        """A view's columns are those of its definition."""
        for at in [at for at in self._objects if at.kind == Kind.COLUMN and _is_part(at, view)]:
            self.remove(at)
        for part in self.base.children.get(origin, ()):
            if part.address.kind == Kind.COLUMN:
                self._put(
                    replace(part, address=part.address._replace(schema=view.schema, parent=view.name)), part
                )

    def give(self, at: Address | None, attribute: str, value: Any) -> None:
        if at is None or at not in self._objects:
            return
        found = self._objects[at] = replace(self._objects[at], **{attribute: value})
        who = self._identities.get(at, NOBODY)
        chosen = Identity("", 0, 0, (("chosen", repr(value)),) * len(found.REFERRING))
        self._identities[at] = _with_tokens(found, who, (attribute,), chosen)

    def remove(self, at: Address) -> None:
        self._objects.pop(at, None)
        self._identities.pop(at, None)

    def drop(self, *addresses: Address, gone: Container[Address] = ()) -> None:
        """Remove objects with their parts and what this side made that cannot be without them.

        `gone` is what the other side dropped, by the base's addresses: it goes too.
        """
        waiting, seen = list(addresses), set(addresses)
        while waiting:
            at = waiting.pop()
            self.remove(at)
            needing = [*self._parts.get((at.schema, at.name), ())] if at.kind in PARENTS else []
            needing += self._dependents.get(at, ())
            for each in needing:
                if each in seen:
                    continue
                seen.add(each)
                origin = self.side.origin(each)
                if origin is None or origin in gone or _is_part(each, at) or origin not in self.side.pairs:
                    waiting.append(each)
                else:
                    self.undo(origin, *self.base.objects[origin].REFERRING)

    def withdraw(self, at: Address, gone: Container[Address] = ()) -> None:
        """Take back what this side made, or what it changed that speaks of other objects."""
        origin = self.side.origin(at)
        if origin is None or origin in gone:
            self.drop(at, gone=gone)
        else:
            self.undo(origin, *self.base.objects[origin].REFERRING)

    def restore(self, origin: Address) -> None:
        """Put back what this side dropped, with its parts and all that could not be without it."""
        waiting, seen = [origin], {origin}
        while waiting:
            at = waiting.pop()
            if at in self.side.added:
                self.remove(at)
            found = self._in_side_names(self.base.objects[at])
            self._restored[at] = found, self.base.identities.get(at, NOBODY)
            parts = [part.address for part in self.base.children.get(at, ())]
            needed = self.base.dependencies.get(at, ())
            following = (*parts, *needed, *self._dependents_in_base.get(at, ()), *self._gone_with.get(at, ()))
            for each in following:
                if each in self.side.dropped and each not in seen and self._has_whole(each, seen):
                    seen.add(each)
                    waiting.append(each)

    def _in_side_names(self, found: CatalogObject) -> CatalogObject:
        at, lifted = found.address, self._to_side.lift(found)
        owners = (
            self.now(owner)
            for kind in PARENTS
            if (owner := Address(kind, at.schema, at.parent)) in self.side.pairs
        )
        home = next((owner for owner in owners if owner), None) if at.parent else None
        return replace(lifted, address=at._replace(schema=home.schema, parent=home.name)) if home else lifted

    @cached_property
    def _to_side(self) -> Space:
        """Leads from the base's names to this side's."""
        moved = {at: pair.after.address for at, pair in self.side.pairs.items() if pair.after.address != at}
        return Space(Renames(moved, ()), None)

    def _has_whole(self, part: Address, restored: set[Address]) -> bool:
        """Whether the table of a part is there to have it back."""
        owners = [Address(kind, part.schema, part.parent) for kind in PARENTS] if part.parent else []
        return not any(at in self.side.dropped and at not in restored for at in owners)

    @cached_property
    def _gone_with(self) -> Mapping[Address, list[Address]]:
        """What this side dropped, by what it went with."""
        return _reversed({at: tuple(above(self.side, at)) for at in self.side.dropped})

    def _put(self, found: CatalogObject, of: CatalogObject) -> None:
        self._objects[found.address] = found
        if of.address in self.base.identities:
            self._identities[found.address] = self.base.identities[of.address]

    def rename(self, at: Address, name: str, schema: str | None = None) -> None:
        """Give another name; a new table's indexes, keys and sequences get theirs after it."""
        found = self._objects.get(at)
        if found is None:
            return
        rest = at.name[len(found.name) :] if isinstance(found, Function) else ""
        to = at._replace(name=name + rest, schema=at.schema if schema is None else schema)
        self._renamed[at] = to
        if at.kind not in PARENTS:
            return
        for part in self._parts.get((at.schema, at.name), ()):
            self._renamed[part] = part._replace(
                schema=to.schema, parent=to.name, name=self._follow(part, at, name)
            )
        if self.side.origin(at) is None:
            for owned in self._owned(at):
                self._renamed[owned] = owned._replace(name=_derived(owned.name, at.name, name))

    def _follow(self, part: Address, table: Address, name: str) -> str:
        """Index names are one namespace for a schema, so those of a table that gives way do too."""
        found = self._objects.get(part)
        is_named_alone = isinstance(found, Index) or (isinstance(found, Constraint) and found.type in INDEXED)
        is_new = self.side.origin(table) is None
        return _derived(part.name, table.name, name) if is_named_alone and is_new else part.name

    def _owned(self, table: Address) -> Iterator[Address]:
        yield from (at for at in self._sequences.get((table.schema, table.name), ()) if at in self._objects)

    @cached_property
    def _sequences(self) -> Mapping[tuple[str, str], list[Address]]:
        """Owned sequences by the table of their column."""
        found: dict[tuple[str, str], list[Address]] = {}
        for at, each in self.side.catalog.objects.items():
            if isinstance(each, Sequence) and each.owned_by:
                found.setdefault((each.owned_by.schema, each.owned_by.parent), []).append(at)
        return found

    def unname(self, origin: Address) -> None:
        """Take a renaming back."""
        at = self.now(origin)
        found = self.base.objects[origin]
        is_moved_along = bool(at and at.parent and at.name == origin.name)
        if at is not None and not is_moved_along:
            name = found.name if isinstance(found, Function) else origin.name
            self.rename(at, name, None if origin.parent else origin.schema)

    def name_like(self, other: "Revision", origin: Address) -> None:
        """Give an object the name that it has on the other side."""
        at, to = self.now(origin), other.now(origin)
        if at and to:
            found = other.side.catalog.objects[to]
            name = found.name if isinstance(found, Function) else to.name
            self.rename(at, name, None if origin.parent else to.schema)

    def has_value(self, origin: Address, label: str) -> bool:
        at = self.now(origin)
        found = self._objects.get(at) if at else None
        return isinstance(found, Enum) and label in found.values

    def relabel(self, origin: Address, before: str, after: str | None) -> None:
        """Call a value of an enum otherwise; None removes it."""
        at = self.now(origin)
        found = self._objects.get(at) if at else None
        if at is None or not isinstance(found, Enum) or before not in found.values:
            return
        place = found.values.index(before)
        labels = () if after is None else (after,)
        self._objects[at] = replace(
            found, values=(*found.values[:place], *labels, *found.values[place + 1 :])
        )
        who = self._identities.get(at, NOBODY)
        if after is None:
            self._identities[at] = who._replace(parts=(*who.parts[:place], *who.parts[place + 1 :]))

    def label(self, origin: Address, value: str, *, by_label: bool = False) -> str:
        """What this side calls a value of the base; with `by_label`, what the base calls the side's."""
        before, who = self.base.objects[origin], self.base.identities.get(origin, NOBODY)
        now = self.side.now(origin)
        if now is None:
            return ""
        names = labels(Version(before, identity=who), Version(now, identity=self.side.identity(origin)))
        if by_label:
            return next((old for (known, old), label in names.items() if known and label == value), "")
        return names.get((True, value), "")

    def yield_to(self, at: Address, other: "Revision", kept: Address) -> None:
        """Leave a name to what the other side made there, and what hung on columns that it lacks."""
        parts = self._parts.get((at.schema, at.name), []) if at.kind in PARENTS else []
        there = {each.name for each in other._parts.get((kept.schema, kept.name), ()) if each.kind in COLUMNS}
        self.drop(*(each for each in parts if each.kind in COLUMNS and each.name not in there))
        for each in (at, *parts):
            if each.kind in (*COLUMNS, Kind.CONSTRAINT) or each == at:
                self.remove(each)
        if isinstance(self.side.catalog.objects[at], Column):
            for owned in self._owned(at._replace(kind=Kind.TABLE, name=at.parent, parent="")):
                self._remove_if_owned_by(owned, at)

    def _remove_if_owned_by(self, owned: Address, column: Address) -> None:
        found = self._objects[owned]
        if isinstance(found, Sequence) and found.owned_by == column:
            self.remove(owned)

    def put_value(self, origin: Address, value: str) -> None:
        """Put a value of the base back, behind the one that stood before it."""
        at, before = self.now(origin), self.base.objects[origin]
        found = self._objects.get(at) if at else None
        if at is None or not (isinstance(found, Enum) and isinstance(before, Enum)) or value in found.values:
            return
        ahead = [each for each in before.values[: before.values.index(value)] if each in found.values]
        place = found.values.index(ahead[-1]) + 1 if ahead else 0
        self._objects[at] = replace(found, values=(*found.values[:place], value, *found.values[place:]))
        who = self._identities.get(at, NOBODY)
        known = dict(zip(before.values, self.base.identities.get(origin, NOBODY).parts, strict=False))
        parts = (*who.parts[:place], known.get(value, 0), *who.parts[place:])
        self._identities[at] = who._replace(parts=parts)

    @cached_property
    def _parts(self) -> Mapping[tuple[str, str], list[Address]]:
        found: dict[tuple[str, str], list[Address]] = {}
        for at in self.side.catalog.objects:
            if at.parent:
                found.setdefault((at.schema, at.parent), []).append(at)
        return found

    @cached_property
    def _dependents(self) -> Mapping[Address, list[Address]]:
        return _reversed(self.side.catalog.dependencies)

    @cached_property
    def _dependents_in_base(self) -> Mapping[Address, list[Address]]:
        return _reversed(self.base.dependencies)


COLUMNS = (Kind.COLUMN, Kind.ATTRIBUTE)
INDEXED = frozenset({"primary key", "unique", "exclusion"})


def _taken_twice(addresses: Iterable[Address]) -> Iterator[str]:
    seen: set[Address] = set()
    for at in addresses:
        if at in seen:
            yield f"two objects would be {at}: answer with another name, or with SQL"
        seen.add(at)


def _reversed(edges: Mapping[Address, tuple[Address, ...]]) -> Mapping[Address, list[Address]]:
    found: dict[Address, list[Address]] = {}
    for user, needed in edges.items():
        for at in needed:
            found.setdefault(at, []).append(user)
    return found


def _is_part(at: Address, owner: Address) -> bool:
    return (at.schema, at.parent) == (owner.schema, owner.name)


def _derived(name: str, table: str, new: str) -> str:
    """`tags_pkey` of `tags` that becomes `labels`: `labels_pkey`."""
    return new + name[len(table) :] if name.startswith(table) else f"{new}_{name}"


def _renamed(found: CatalogObject, before: CatalogObject) -> CatalogObject:
    """A routine keeps its bare name in a field as well."""
    if not isinstance(found, Function) or found.address == before.address:
        return found
    rest = len(before.address.name) - len(found.name)
    return replace(found, name=found.address.name[: len(found.address.name) - rest])


def _with_tokens(
    found: CatalogObject, who: Identity, attributes: Iterable[str], tokens: Identity
) -> Identity:
    """`who` with the tokens of these attributes (and an enum's parts) from another identity."""
    if NOBODY in (who, tokens):
        return who
    chosen = set(attributes)
    mixed = zip(found.REFERRING, who.tokens, tokens.tokens, strict=False)
    parts = tokens.parts if "values" in chosen else who.parts
    return who._replace(tokens=tuple(new if name in chosen else old for name, old, new in mixed), parts=parts)
