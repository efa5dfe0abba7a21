"""What the diagram shows: the tables that a change touches, their neighbours by foreign keys, and the keys.

Read from the catalog after the change and the stored changes; what is dropped is only in these.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemata.catalog import Address, Catalog, Kind
from schemata.catalog.encoding import decode_object
from schemata.catalog.objects import CatalogObject, Column, Constraint

TABLES = (Kind.TABLE, Kind.FOREIGN_TABLE)
MOST_CHANGED, MOST_NEIGHBOURS, MOST_ROWS = 30, 30, 14


class Mark(StrEnum):
    """What happened to a table, a column or a key; its sign stands beside the colour."""

    NONE = ""
    ADDED = "added"
    DROPPED = "dropped"
    ALTERED = "altered"
    RENAMED = "renamed"


ACTIONS = {"add": Mark.ADDED, "drop": Mark.DROPPED, "alter": Mark.ALTERED, "rename": Mark.RENAMED}


@dataclass(frozen=True, slots=True)
class Row:
    """One column. `key` is `PK`, `FK` or empty."""

    name: str
    type: str
    key: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entity:
    """One table. `rows` are its changed and key columns, `hidden` counts the others; a neighbour has no rows."""

    name: str
    mark: Mark
    rows: tuple[Row, ...] = ()
    hidden: int = 0
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key from `source` to `target`, both names of entities."""

    source: str
    target: str
    columns: tuple[str, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Diagram:
    """`left_out` counts tables that would make it unreadable: changed ones, then neighbours."""

    entities: tuple[Entity, ...]
    links: tuple[Link, ...]
    left_out: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class _Changes:
    """The stored changes by address: `marks` by what it is after the change, `dropped` as it was before.

    `renamed` leads from what tables were called to what they are called.
    """

    marks: Mapping[Address, Mark]
    dropped: tuple[CatalogObject, ...]
    renamed: Mapping[Address, Address]

    def now(self, at: Address) -> Address:
        return self.renamed.get(at, at)


@dataclass(frozen=True, slots=True)
class _Key:
    """A foreign key between two tables by their addresses."""

    source: Address
    target: Address
    columns: tuple[str, ...]
    mark: Mark


def find_entities(objects: Sequence[Mapping[str, Any]], after: Catalog) -> Diagram:
    """The diagram of a diff as it is stored (`load_objects`), whose later catalog is `after`."""
    changes = _read(objects)
    touched = _touched(changes, after)
    changed = touched[:MOST_CHANGED]
    keys = [key for key in _keys(changes, after) if {key.source, key.target} & set(changed)]
    near = sorted({end for key in keys for end in (key.source, key.target)} - set(touched))
    drawn = {*changed, *near[:MOST_NEIGHBOURS]}
    links = (k for k in keys if {k.source, k.target} <= drawn)
    entities = [_entity(at, changes, after) for at in changed]
    entities += [Entity(at.short, Mark.NONE) for at in near[:MOST_NEIGHBOURS]]
    return Diagram(
        tuple(entities),
        tuple(Link(k.source.short, k.target.short, k.columns, k.mark) for k in links),
        (len(touched) - len(changed), max(len(near) - MOST_NEIGHBOURS, 0)),
    )


def needed_for(objects: Sequence[Mapping[str, Any]]) -> Callable[[Sequence[str]], bool]:
    """What `find_entities` looks at in the later catalog: its tables, all keys, and the columns of changed tables."""
    changes = _read(objects)
    found = [*changes.marks, *(each.address for each in changes.dropped)]
    owners = [_owner(at) if at.parent else at for at in found]
    tables = {(at.schema, at.name) for owner in owners for at in (owner, changes.now(owner))}
    everywhere = {kind.value for kind in (*TABLES, Kind.CONSTRAINT)}
    return lambda at: at[0] in everywhere or (at[0] == Kind.COLUMN and (at[1], at[3]) in tables)


def _read(objects: Iterable[Mapping[str, Any]]) -> _Changes:
    marks: dict[Address, Mark] = {}
    dropped: list[CatalogObject] = []
    renamed: dict[Address, Address] = {}
    for change in (change for each in objects for change in each["changes"] if not change["behind"]):
        mark = ACTIONS[change["action"]]
        if mark is Mark.DROPPED:
            dropped.append(decode_object(change["before"]))
            continue
        at = decode_object(change["after"]).address
        # A column that is renamed and altered has two changes: the rename is the more to see.
        marks[at] = Mark.RENAMED if Mark.RENAMED in (mark, marks.get(at)) else mark
        if mark is Mark.RENAMED and at.kind in TABLES:
            renamed[decode_object(change["before"]).address] = at
    return _Changes(marks, tuple(dropped), renamed)


def _touched(changes: _Changes, after: Catalog) -> list[Address]:
    """The tables that are changed themselves or in a part, as they are called after the change."""
    gone = [each.address for each in changes.dropped]
    whole = {at for at in (*changes.marks, *gone) if at.kind in TABLES}
    parts = {_table(changes.now(_owner(at)), after) for at in (*changes.marks, *gone) if at.parent}
    return sorted(whole | {at for at in parts if at is not None})


def _owner(at: Address) -> Address:
    return Address(Kind.TABLE, at.schema, at.parent)


def _table(at: Address, after: Catalog) -> Address | None:
    """The table of that name, be it a foreign one; None where a part is of something else."""
    return next((c for kind in TABLES if (c := at._replace(kind=kind)) in after.objects), None)


def _keys(changes: _Changes, after: Catalog) -> list[_Key]:
    """Every foreign key after the change, then those that are dropped."""
    found = []
    for each in (*after.of_kind(Kind.CONSTRAINT), *changes.dropped):
        if not isinstance(each, Constraint) or each.references is None:
            continue
        is_gone = each.address not in after.objects or after.objects[each.address] is not each
        mark = Mark.DROPPED if is_gone else changes.marks.get(each.address, Mark.NONE)
        source, target = _owner(each.address), each.references
        if is_gone:
            source, target = changes.now(source), changes.now(target)
        source = _table(source, after) or source
        found.append(_Key(source, target, each.columns, mark))
    return sorted(found, key=lambda key: (key.source, key.target, key.columns, key.mark))


def _entity(at: Address, changes: _Changes, after: Catalog) -> Entity:
    gone = [c for c in changes.dropped if isinstance(c, Column) and changes.now(_owner(c.address)) == at]
    if at not in after.objects:
        rows = [_row(each, "", Mark.DROPPED) for each in gone]
        return _cut(at, Mark.DROPPED, rows, is_whole=True)
    mark = changes.marks.get(at, Mark.ALTERED)
    parts = after.children.get(at, ())
    keys = _key_columns(parts)
    columns = [part for part in parts if isinstance(part, Column)]
    rows = [_row(c, keys.get(c.address.name, ""), changes.marks.get(c.address, Mark.NONE)) for c in columns]
    rows += [_row(each, "", Mark.DROPPED) for each in gone]
    return _cut(at, mark, rows, is_whole=mark is Mark.ADDED)


def _cut(at: Address, mark: Mark, rows: Sequence[Row], *, is_whole: bool) -> Entity:
    """With the rows that say something, the changed ones first where there are too many."""
    told = [row for row in rows if is_whole or row.key or row.mark]
    kept = set(sorted(range(len(told)), key=lambda n: (not told[n].mark, n))[:MOST_ROWS])
    shown = tuple(row for n, row in enumerate(told) if n in kept)
    return Entity(at.short, mark, shown, len(rows) - len(shown), is_changed=True)


def _row(column: Column, key: str, mark: Mark) -> Row:
    return Row(column.address.name, column.type, key, mark)


def _key_columns(parts: Iterable[CatalogObject]) -> dict[str, str]:
    """`PK` or `FK` by column; a column that is both is part of the primary key."""
    found: dict[str, str] = {}
    words = {"foreign key": "FK", "primary key": "PK"}
    keys = (part for part in parts if isinstance(part, Constraint) and part.type in words)
    for key in sorted(keys, key=lambda each: each.type):
        found |= dict.fromkeys(key.columns, words[key.type])
    return found
