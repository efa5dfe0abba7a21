"""A small model of a database: things by key, rendered as the catalog that Postgres would show.

A thing's key is what it is, its oid what a catalog can know of that, its name
what it is called now. Facts refer to other things by key, so a rename needs no
other change, and what cannot be done on another world says so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from schemata.catalog import (
    Address,
    Catalog,
    CatalogObject,
    Column,
    Constraint,
    Enum,
    Function,
    Identity,
    Index,
    IndexKey,
    Kind,
    Policy,
    Sequence,
    Table,
    Trigger,
    View,
)

Key = int
RELATIONS = ("table", "view", "index", "sequence", "primary key")
TYPES = ("table", "view", "enum")


class Impossible(Exception):
    """The step cannot be done on this world."""


@dataclass(frozen=True)
class Thing:
    """`owner` is the key of the table that it is a part of; `needs` are keys that it cannot be without."""

    kind: str
    key: Key
    oid: int
    name: str
    owner: Key = 0
    facts: tuple[tuple[str, Any], ...] = ()
    needs: tuple[Key, ...] = ()

    def __getitem__(self, fact: str) -> Any:
        return dict(self.facts)[fact]

    def having(self, fact: str, value: Any) -> "Thing":
        return replace(self, facts=tuple((name, value if name == fact else old) for name, old in self.facts))


@dataclass
class World:
    things: dict[Key, Thing] = field(default_factory=dict)

    def copy(self) -> "World":
        return World(dict(self.things))

    def get(self, key: Key) -> Thing:
        if key not in self.things:
            raise Impossible(key)
        return self.things[key]

    def of(self, *kinds: str) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.kind in kinds]

    def check_value(self, default: Any) -> None:
        """A default that is an enum's value needs the value."""
        if isinstance(default, tuple) and default[1] not in {
            key for key, *_ in self.get(default[0])["values"]
        }:
            raise Impossible(default)

    def parts(self, owner: Key, *kinds: str) -> list[Thing]:
        return [thing for thing in self.of(*kinds) if thing.owner == owner]

    def spaces(self, kind: str, owner: Key) -> list[tuple[str, ...]]:
        """The namespaces in which such a thing's name must be the only one."""
        if kind in ("column", "trigger", "policy"):
            return [(kind, str(owner))]
        found: list[tuple[str, ...]] = [("constraint", str(owner))] if kind in CONSTRAINTS else []
        found += [("relation",)] if kind in RELATIONS else []
        return found + ([("type",)] if kind in TYPES else []) or [(kind,)]

    def holder(self, name: str, kind: str, owner: Key) -> Thing | None:
        wanted = set(self.spaces(kind, owner))
        for thing in self.things.values():
            if thing.name == name and wanted & set(self.spaces(thing.kind, thing.owner)):
                return thing
        return None

    def closure(self, key: Key) -> list[Key]:
        """What goes with a thing: its parts, and what cannot be without it."""
        found, waiting = [key], [key]
        while waiting:
            gone = waiting.pop()
            for thing in self.things.values():
                if thing.key not in found and (thing.owner == gone or gone in thing.needs):
                    found.append(thing.key)
                    waiting.append(thing.key)
        return found

    def catalog(self) -> Catalog:
        rendered = [each for thing in self.things.values() for each in RENDER[thing.kind](self, thing)]
        identities = {found.address: who for found, who, _ in rendered}
        edges = {found.address: tuple(sorted(set(needed))) for found, _, needed in rendered if needed}
        return Catalog.of(
            (found for found, *_ in rendered), identities=identities, dependencies=edges, postgres=18
        )

    def address(self, key: Key) -> Address:
        thing = self.things[key]
        parent = self.things[thing.owner].name if thing.owner else ""
        name = f"{thing.name}()" if thing.kind == "function" else thing.name
        return Address(KINDS[thing.kind], "public", name, parent)

    def default(self, column: Thing) -> str:
        value = column["default"]
        if isinstance(value, tuple):  # An enum's value: the keys of enum and value.
            enum = self.things[value[0]]
            labels = {key: label for key, _, label in enum["values"]}
            return f"'{labels[value[1]]}'::public.{enum.name}"
        return value or ""


Rendered = Iterator[tuple[CatalogObject, Identity, list[Address]]]


def _table(world: World, thing: Thing) -> Rendered:
    found = Table(world.address(thing.key), thing["comment"], options=thing["options"])
    yield found, Identity("pg_class", thing.oid, 0, (None, (), None, 0, 0, 0)), []


def _column(world: World, thing: Thing) -> Rendered:
    table, of = world.things[thing.owner], thing["type"]
    position = [part.key for part in world.parts(table.key, "column")].index(thing.key) + 1
    enum = world.things[of] if isinstance(of, int) else None
    found = Column(
        world.address(thing.key),
        thing["comment"],
        f"public.{enum.name}" if enum else of,
        position,
        thing["not_null"],
        world.default(thing),
    )
    tokens = ((enum.oid if enum else of, -1), thing["default_oid"], 0)
    needs = [world.address(key) for key in thing.needs if key != thing.owner]
    yield found, Identity("pg_class", table.oid, thing.oid, tokens), needs


def _columns(world: World, keys: tuple[Key, ...]) -> tuple[str, ...]:
    return tuple(world.things[key].name for key in keys)


def _numbers(world: World, keys: tuple[Key, ...]) -> tuple[int, ...]:
    return tuple(world.things[key].oid for key in keys)


def _constraint(world: World, thing: Thing) -> Rendered:
    columns = thing["columns"]
    table, keys = thing["references"]
    definition = f"({_columns(world, columns)[0]} <> {thing['over']})" if thing.kind == "check" else ""
    found = Constraint(
        world.address(thing.key),
        "",
        thing.kind,
        () if thing.kind == "check" else _columns(world, columns),
        definition,
        world.address(table) if table else None,
        _columns(world, keys),
        on_delete=thing["on_delete"],
    )
    oid = world.things[table].oid if table else 0
    tokens = (_numbers(world, columns), thing.oid, oid, _numbers(world, keys), (), 0, 0)
    yield found, Identity("pg_constraint", thing.oid, 0, tokens), [world.address(key) for key in thing.needs]


def _index(world: World, thing: Thing) -> Rendered:
    columns = thing["columns"]
    keys = tuple(IndexKey(name) for name in _columns(world, columns))
    found = Index(world.address(thing.key), thing["comment"], thing["unique"], "btree", keys)
    numbers = _numbers(world, columns)
    tokens = (403, (world.things[thing.owner].oid, numbers), numbers, thing.oid, 0)
    yield found, Identity("pg_class", thing.oid, 0, tokens), [world.address(key) for key in thing.needs]


def _enum(world: World, thing: Thing) -> Rendered:
    found = Enum(
        world.address(thing.key), thing["comment"], values=tuple(label for *_, label in thing["values"])
    )
    yield found, Identity("pg_type", thing.oid, 0, (), tuple(oid for _, oid, _ in thing["values"])), []


def _view(world: World, thing: Thing) -> Rendered:
    columns = [world.things[key] for key in thing["columns"]]
    tables = dict.fromkeys(world.things[column.owner].name for column in columns)
    listed = ", ".join(f"{world.things[column.owner].name}.{column.name}" for column in columns)
    text = f" SELECT {listed}\n   FROM {', '.join(f'public.{name}' for name in tables)};"
    at = world.address(thing.key)
    needs = [world.address(key) for key in thing.needs]
    found = View(at, thing["comment"], definition=text)
    yield found, Identity("pg_class", thing.oid, 0, (repr(thing["columns"]),)), needs


def _function(world: World, thing: Thing) -> Rendered:
    found = Function(
        world.address(thing.key),
        thing["comment"],
        name=thing.name,
        result="trigger",
        language="plpgsql",
        body=thing["body"],
    )
    yield found, Identity("pg_proc", thing.oid, 0, ("", 2279, thing["body"], 0, ())), []


def _trigger(world: World, thing: Thing) -> Rendered:
    function = thing["function"]
    found = Trigger(world.address(thing.key), "", world.address(function), thing["timing"], ("insert",))
    tokens = (world.things[function].oid, (), None, 0)
    yield found, Identity("pg_trigger", thing.oid, 0, tokens), [world.address(key) for key in thing.needs]


def _policy(world: World, thing: Thing) -> Rendered:
    (column,) = _columns(world, thing["columns"])
    found = Policy(world.address(thing.key), "", using=f"({column} = {thing['over']})")
    tokens = ((0,), (_numbers(world, thing["columns"]), thing["over"]), None)
    yield found, Identity("pg_policy", thing.oid, 0, tokens), [world.address(key) for key in thing.needs]


def _sequence(world: World, thing: Thing) -> Rendered:
    owner = thing["owned_by"]
    found = Sequence(
        world.address(thing.key),
        increment=thing["increment"],
        owned_by=world.address(owner) if owner else None,
    )
    token = (world.things[world.things[owner].owner].oid, world.things[owner].oid) if owner else None
    yield found, Identity("pg_class", thing.oid, 0, (token,)), [world.address(key) for key in thing.needs]


CONSTRAINTS = ("primary key", "foreign key", "check")
KINDS = {
    "table": Kind.TABLE,
    "column": Kind.COLUMN,
    **dict.fromkeys(CONSTRAINTS, Kind.CONSTRAINT),
    "index": Kind.INDEX,
    "enum": Kind.ENUM,
    "view": Kind.VIEW,
    "function": Kind.FUNCTION,
    "trigger": Kind.TRIGGER,
    "policy": Kind.POLICY,
    "sequence": Kind.SEQUENCE,
}
RENDER: dict[str, Callable[[World, Thing], Rendered]] = {
    "table": _table,
    "column": _column,
    **dict.fromkeys(CONSTRAINTS, _constraint),
    "index": _index,
    "enum": _enum,
    "view": _view,
    "function": _function,
    "trigger": _trigger,
    "policy": _policy,
    "sequence": _sequence,
}
