"""Where everything stands once both sides have renamed, and how each side's addresses lead there.

An object of ours that mentions `users` speaks of the table that theirs renamed to
`people`: before two sides are compared, both are put in the merged names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemata.catalog import Address, Aggregate, CatalogObject, Function, Kind
from schemata.catalog.encoding import PARENTS
from schemata.merge.conflicts import Conflict, ConflictKind
from schemata.merge.objects import attribute_names
from schemata.merge.sides import Side
from schemata.merge.wording import reword

Place = tuple[str, str]
Added = tuple[Address, CatalogObject]

# Fields that name columns, and the field holding the address of the table they are in (none: the object's parent).
COLUMN_NAMES = {
    "columns": "",
    "include": "",
    "on_delete_columns": "",
    "referenced_columns": "references",
    "keys": "",
}


# What deparsed text does not name as `schema.name`.
UNQUALIFIED = frozenset({Kind.SCHEMA, Kind.EXTENSION, Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE})


@dataclass(frozen=True, slots=True)
class Renames:
    """Merged addresses of base objects, where they differ, and what could not be agreed on."""

    addresses: Mapping[Address, Address]
    conflicts: tuple[Conflict, ...]
    # Bare names of routines: their addresses carry argument types, which may be renamed on their own.
    bare: Mapping[Address, str] = field(default_factory=dict)

    def of(self, at: Address) -> Address:
        return self.addresses.get(at, at)


def merge_names(ours: Side, theirs: Side) -> Renames:
    """Three-way merge of names, schemas and parents of everything that a side moved."""
    moved = {at for side in (ours, theirs) for at, pair in side.pairs.items() if pair.after.address != at}
    addresses: dict[Address, Address] = {}
    places: dict[Place, Place] = {}
    conflicts: list[Conflict] = []
    bare: dict[Address, str] = {}
    base = ours.base.objects
    for at in sorted(moved, key=lambda at: (bool(at.parent), at)):
        versions = [side.now(at) for side in (ours, theirs)]
        mine, other = (found.address if found else at for found in versions)
        schema = _choose(at.schema, mine.schema, other.schema)
        if at.parent:
            schema, parent = places.get((at.schema, at.parent), (schema, at.parent))
        else:
            parent = ""
        three = (base[at], *(found or base[at] for found in versions))
        parts = [_name_parts(found) for found in three]
        names, rests = zip(*parts, strict=True)
        merged = Address(at.kind, schema, _choose(*names) + _choose(*rests), parent)
        if rests[0]:
            bare[at] = _choose(*names)
        if (
            _disagree(*names)
            or _disagree(*rests)
            or (not at.parent and _disagree(at.schema, mine.schema, other.schema))
        ):
            conflicts.append(Conflict(ConflictKind.RENAMED, at, "name", at.path, mine.path, other.path))
        if merged != at:
            addresses[at] = merged
        if at.kind in PARENTS:
            places[at.schema, at.name] = (merged.schema, merged.name)
    return Renames(addresses, tuple(conflicts), bare)


def _name_parts(found: CatalogObject) -> tuple[str, str]:
    """An object's own name, and the argument types of a routine."""
    at = found.address
    if isinstance(found, Function | Aggregate):
        return found.name, at.name[len(found.name) :]
    return at.name, ""


def _choose(base: str, ours: str, theirs: str) -> str:
    return theirs if ours == base else ours


def _disagree(base: str, ours: str, theirs: str) -> bool:
    return base not in (ours, theirs) and ours != theirs


class Space:
    """Leads from the names of one catalog (a side's, or the base's) to the merged names."""

    def __init__(self, renames: Renames, side: Side | None) -> None:
        self._renames = renames
        self._side = side
        self._schemas = _moved_schemas(renames, side)
        self._moved = _moved_places(renames, side)
        self.is_plain = not renames.addresses

    def lead(self, at: Address) -> Address:
        """The merged address of what this catalog has at `at`."""
        origin = self._side.origin(at) if self._side else at
        if origin is not None:
            return self._renames.of(origin)
        schema = self._schemas.get(at.schema, at.schema)
        return Address(at.kind, *self._new_place(at, schema)) if at.parent else at._replace(schema=schema)

    def _new_place(self, at: Address, schema: str) -> tuple[str, str, str]:
        for kind in PARENTS:
            owner = Address(kind, at.schema, at.parent)
            if self._side is not None and owner in self._side.catalog.objects:
                merged = self.lead(owner)
                return merged.schema, at.name, merged.name
        return schema, at.name, at.parent

    def lift(self, found: CatalogObject) -> CatalogObject:
        """The same object in merged names: its address, addresses in it, and columns by name."""
        if self.is_plain:
            return found
        changes: dict[str, Any] = {"address": self.lead(found.address)}
        origin = self._side.origin(found.address) if self._side else found.address
        if origin and origin in self._renames.bare:
            changes["name"] = self._renames.bare[origin]
        for name in attribute_names(found):
            value = getattr(found, name)
            lifted = self._columns(found, name, value) if name in COLUMN_NAMES else self._value(value)
            if isinstance(value, str) and name in found.REFERRING and self._moved:
                lifted = reword(value, self._moved)
            if lifted != value:
                changes[name] = lifted
        return replace(found, **changes)

    def _value(self, value: Any) -> Any:
        if isinstance(value, Address):
            return self.lead(value)
        if isinstance(value, tuple):
            return tuple(map(self._value, value))
        if isinstance(value, Struct):
            return replace(
                value, **{name: self._value(getattr(value, name)) for name in value.__struct_fields__}
            )
        return value

    def _columns(self, found: CatalogObject, name: str, value: Any) -> Any:
        holder = getattr(found, COLUMN_NAMES[name], None) if COLUMN_NAMES[name] else None
        at = found.address
        table = (holder.schema, holder.name) if isinstance(holder, Address) else (at.schema, at.parent)
        if not isinstance(value, tuple):
            return value
        return tuple(self._column(table, item) for item in value)

    def _column(self, table: Place, item: Any) -> Any:
        if isinstance(item, str):
            return self.lead(Address(Kind.COLUMN, table[0], item, table[1])).name if item else item
        return replace(item, column=self._column(table, item.column))


def _moved_places(renames: Renames, side: Side | None) -> Mapping[Place, Place]:
    """Merged places of relations and types, by their place in this catalog, where they differ."""
    moved: dict[Place, Place] = {}
    for at, to in renames.addresses.items():
        found = at if side is None else _now(side, at)
        if found and not at.parent and at.kind not in UNQUALIFIED and found[1:3] != to[1:3]:
            moved[found.schema, found.name] = (to.schema, to.name)
    return moved


def _now(side: Side, at: Address) -> Address | None:
    found = side.now(at)
    return found.address if found else None


def _moved_schemas(renames: Renames, side: Side | None) -> Mapping[str, str]:
    """Merged names of schemas, by their name in this catalog."""
    pairs = ((at, to) for at, to in renames.addresses.items() if at.kind == Kind.SCHEMA)
    if side is None:
        return {at.name: to.name for at, to in pairs}
    return {found.address.name: to.name for at, to in pairs if (found := side.now(at))}


def lifted(space: Space, objects: Iterable[CatalogObject]) -> dict[Address, Added]:
    """By merged address: where each object stands in its own catalog, and the object in merged names."""
    raised = ((found.address, space.lift(found)) for found in objects)
    return {each.address: (whence, each) for whence, each in raised}
