"""Steps that a side takes, drawn at random, and what they do to a world that is not the one they were drawn on."""

from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any

from tests.schemata.merge.world import Impossible, Key, Thing, World


@dataclass(frozen=True)
class Add:
    thing: Thing

    def on(self, world: World) -> None:
        """A table has one primary key, of columns that cannot be null."""
        thing = self.thing
        for key in (thing.owner, *thing.needs):
            if key:
                world.get(key)
        if thing.kind == "primary key" and (
            world.parts(thing.owner, thing.kind)
            or not all(world.get(key)["not_null"] for key in thing["columns"])
        ):
            raise Impossible(thing.owner)
        if world.holder(thing.name, thing.kind, thing.owner) is not None:
            raise Impossible(thing.name)
        if thing.kind == "column":
            world.check_value(thing["default"])
        world.things[thing.key] = thing


@dataclass(frozen=True)
class Drop:
    """`lost` is everything that went, as it was."""

    key: Key
    lost: tuple[Thing, ...]

    def on(self, world: World) -> None:
        known = {thing.key: thing for thing in self.lost}
        for key in world.closure(self.key) if self.key in world.things else ():
            if key not in known or not _is_same(world.things[key], known[key]):
                raise Impossible(key)
        for key in known:
            there = world.things.get(key)
            if there is not None and not _is_same(there, known[key]):
                raise Impossible(key)
            world.things.pop(key, None)


def _is_same(one: Thing, two: Thing) -> bool:
    return replace(one, oid=0) == replace(two, oid=0)


@dataclass(frozen=True)
class Rename:
    key: Key
    before: str
    name: str

    def on(self, world: World) -> None:
        thing = world.get(self.key)
        if thing.name not in (self.before, self.name):
            raise Impossible(self.key)
        held = world.holder(self.name, thing.kind, thing.owner)
        if held is not None and held.key != self.key:
            raise Impossible(self.name)
        world.things[self.key] = replace(thing, name=self.name)


@dataclass(frozen=True)
class Alter:
    """`marks` are facts that only say that something was written anew (the oid of a default)."""

    key: Key
    fact: str
    before: Any
    after: Any
    needs: tuple[Key, ...] | None = None
    marks: tuple[tuple[str, Any], ...] = ()

    def on(self, world: World) -> None:
        thing = world.get(self.key)
        if thing[self.fact] not in (self.before, self.after):
            raise Impossible(self.key)
        for key in self.needs or ():
            world.get(key)
        if (
            self.fact == "not_null"
            and not self.after
            and any(self.key in each["columns"] for each in world.of("primary key"))
        ):
            raise Impossible(self.key)
        if self.fact == "default":
            world.check_value(self.after)
        thing = thing.having(self.fact, self.after)
        for fact, value in self.marks:
            thing = thing.having(fact, value)
        if self.needs is not None:
            thing = replace(thing, needs=self.needs)
        world.things[self.key] = thing


@dataclass(frozen=True)
class AddValue:
    enum: Key
    value: tuple[Key, int, str]
    behind: Key

    def on(self, world: World) -> None:
        enum = world.get(self.enum)
        values = list(enum["values"])
        if any(label == self.value[2] for *_, label in values):
            raise Impossible(self.value)
        place = next((at + 1 for at, (key, *_) in enumerate(values) if key == self.behind), len(values))
        values.insert(place, self.value)
        world.things[self.enum] = enum.having("values", tuple(values))


@dataclass(frozen=True)
class RenameValue:
    enum: Key
    value: Key
    before: str
    after: str

    def on(self, world: World) -> None:
        enum = world.get(self.enum)
        labels = {key: label for key, _, label in enum["values"]}
        if labels.get(self.value) not in (self.before, self.after):
            raise Impossible(self.value)
        if any(label == self.after and key != self.value for key, label in labels.items()):
            raise Impossible(self.after)
        values = (
            (key, oid, self.after if key == self.value else label) for key, oid, label in enum["values"]
        )
        world.things[self.enum] = enum.having("values", tuple(values))


@dataclass(frozen=True)
class RemoveValue:
    """The enum is made anew without one of its values."""

    enum: Key
    value: Key
    before: str
    oid: int

    def on(self, world: World) -> None:
        enum = world.get(self.enum)
        labels = {key: label for key, _, label in enum["values"]}
        if any(thing["default"] == (self.enum, self.value) for thing in world.of("column")):
            raise Impossible(self.value)
        if labels.get(self.value, self.before) != self.before:
            raise Impossible(self.value)
        values = tuple(
            (key, self.oid + place, label)
            for place, (key, _, label) in enumerate(enum["values"], 1)
            if key != self.value
        )
        world.things[self.enum] = replace(enum.having("values", values), oid=self.oid)


def _enum(step: "RemoveValue | Rename") -> Key:
    return step.enum if isinstance(step, RemoveValue) else step.key


def _subject(step: "Step") -> tuple[Any, ...]:
    match step:
        case Add():
            return ("add", step.thing.key)
        case Drop():
            return ("drop", step.key)
        case Rename():
            return ("rename", step.key)
        case Alter():
            return ("alter", step.key, step.fact)
        case AddValue():
            return ("add value", step.value)
        case _:
            return ("value", step.enum, step.value)


Step = Add | Drop | Rename | Alter | AddValue | RenameValue | RemoveValue
NAMES = ("a", "b", "c", "d", "e", "f")


class Author:
    """Draws steps that can be done on a world, and does them. `first` keeps keys and oids of authors apart."""

    def __init__(self, random: Random, world: World, first: int) -> None:
        self.random, self.world, self._numbers = random, world, count(first)
        self.steps: list[Step] = []

    def write(self, steps: int) -> None:
        for _ in range(steps):
            step = self._draw()
            if step is not None and not self._is_again(step):
                try:
                    step.on(self.world)
                except Impossible:
                    continue
                self.steps.append(step)

    def _is_again(self, step: Step) -> bool:
        """Whether the script did such a thing before: a way there and back again would leave no trace.

        Nor can anyone know an enum that was made anew under another name, or say what is
        new about something that was dropped and made again.
        """
        if _subject(step) in {_subject(each) for each in self.steps}:
            return True
        if isinstance(step, Add) and self._was_dropped(step.thing.kind, step.thing.name):
            return True
        if isinstance(step, Rename) and self._was_dropped(self.world.get(step.key).kind, step.name):
            return True
        if not isinstance(step, RemoveValue | Rename):
            return False
        return _enum(step) in {_enum(each) for each in self.steps if isinstance(each, RemoveValue | Rename)}

    def _was_dropped(self, kind: str, name: str) -> bool:
        lost = (each for done in self.steps if isinstance(done, Drop) for each in done.lost)
        return any((each.kind, each.name) == (kind, name) for each in lost)

    def _draw(self) -> Step | None:
        kind = self.random.choice(("add", "add", "add", "drop", "rename", "alter", "alter", "alter", "value"))
        if kind == "add":
            return self._add(self.random.choice(ADDED))
        things = list(self.world.things.values())
        if not things:
            return None
        thing = self.random.choice(things)
        if kind == "drop":
            return Drop(thing.key, tuple(self.world.things[key] for key in self.world.closure(thing.key)))
        if kind == "rename":
            return Rename(thing.key, thing.name, self._name(thing.kind))
        return self._value() if kind == "value" else self._alter(thing)

    def _name(self, kind: str) -> str:
        prefix = {"table": "t", "view": "t", "enum": "t", "sequence": "t"}.get(kind, kind[0])
        return f"{prefix}_{self.random.choice(NAMES)}"

    def _number(self) -> int:
        return next(self._numbers)

    def _pick(self, things: list[Thing]) -> Thing | None:
        return self.random.choice(things) if things else None

    def _add(self, kind: str) -> Step | None:
        name, number = self._name(kind), self._number()
        if kind in ("table", "enum", "function", "sequence"):
            return Add(self._alone(kind, number, name))
        if kind == "view":
            return self._view(number, name)
        table = self._pick(self.world.of("table"))
        if table is None:
            return None
        if kind == "column":
            return Add(self._column(table, number, name))
        return self._part(kind, table, number, name)

    def _alone(self, kind: str, number: int, name: str) -> Thing:
        facts: dict[str, Any] = {"comment": ""}
        if kind == "table":
            facts["options"] = ()
        if kind == "enum":
            facts["values"] = tuple((self._number(), self._number(), label) for label in ("x", "y", "z"))
        if kind == "function":
            facts["body"] = f"begin return new; -- {self.random.randint(0, 3)}\nend"
        if kind == "sequence":
            facts |= {"increment": 1, "owned_by": 0}
        return Thing(kind, number, number, name, 0, tuple(facts.items()))

    def _column(self, table: Thing, number: int, name: str) -> Thing:
        enum = self._pick(self.world.of("enum")) if self.random.random() < 0.4 else None
        of = enum.key if enum else self.random.choice(("integer", "text"))
        default, needs = self._default(of)
        facts = (
            ("comment", ""),
            ("type", of),
            ("not_null", self.random.random() < 0.2),
            ("default", default),
            ("default_oid", self._number() if default else None),
        )
        return Thing("column", number, number, name, table.key, facts, needs)

    def _default(self, of: Any) -> tuple[Any, tuple[Key, ...]]:
        if isinstance(of, str):
            return self.random.choice(("", "1", "2")), ()
        values = self.world.things[of]["values"]
        chosen = self.random.choice([value[0] for value in values] or [0])
        return ((of, chosen) if chosen and self.random.random() < 0.7 else ""), (of,)

    def _view(self, number: int, name: str) -> Step | None:
        column = self._pick(self.world.of("column"))
        if column is None:
            return None
        facts = (("comment", ""), ("columns", (column.key,)))
        return Add(Thing("view", number, number, name, 0, facts, (column.owner, column.key)))

    def _part(self, kind: str, table: Thing, number: int, name: str) -> Step | None:
        columns = self.world.parts(table.key, "column")
        column = self._pick(columns)
        if kind == "trigger":
            function = self._pick(self.world.of("function"))
            if function is None:
                return None
            facts = (("function", function.key), ("timing", self.random.choice(("before", "after"))))
            return Add(Thing(kind, number, number, name, table.key, facts, (function.key,)))
        if column is None or (kind == "primary key" and self.world.parts(table.key, kind)):
            return None
        needs: tuple[Key, ...] = (column.key,)
        plain: dict[str, Any] = {"columns": needs}
        if kind == "index":
            plain |= {"comment": "", "unique": self.random.random() < 0.3}
        elif kind == "policy":
            plain["over"] = self.random.randint(1, 2)
        else:
            target, reference = self._reference(kind)
            needs += reference
            plain |= {"references": target, "on_delete": "", "over": self.random.randint(1, 2)}
            if kind == "foreign key" and not reference:
                return None
        return Add(Thing(kind, number, number, name, table.key, tuple(plain.items()), needs))

    def _reference(self, kind: str) -> tuple[tuple[Key, tuple[Key, ...]], tuple[Key, ...]]:
        key = self._pick(self.world.of("primary key")) if kind == "foreign key" else None
        if key is None:
            return (0, ()), ()
        return (key.owner, key["columns"]), (key.key, key.owner, *key["columns"])

    def _alter(self, thing: Thing) -> Step | None:
        facts = [name for name, _ in thing.facts if name in ALTERED]
        if not facts:
            return None
        fact = self.random.choice(facts)
        before = thing[fact]
        if fact == "owned_by":
            column = self._pick(self.world.of("column"))
            needs = (column.owner, column.key) if column else ()
            return Alter(thing.key, fact, before, column.key if column else 0, needs)
        if fact == "default":
            after, _ = self._default(thing["type"])
            return Alter(
                thing.key, fact, before, after, None, (("default_oid", self._number() if after else None),)
            )
        if fact == "type":
            if not isinstance(before, str) or thing["default"]:
                return None
            return Alter(thing.key, fact, before, self.random.choice(("integer", "text", "bigint")))
        if fact == "body":
            return Alter(thing.key, fact, before, f"begin return new; -- {self.random.randint(0, 9)}\nend")
        return Alter(thing.key, fact, before, self.random.choice(ALTERED[fact]))

    def _value(self) -> Step | None:
        enum = self._pick(self.world.of("enum"))
        if enum is None or not enum["values"]:
            return None
        key, _, label = self.random.choice(enum["values"])
        new = self.random.choice(("p", "q", "r"))
        match self.random.choice(("add", "add", "rename", "remove")):
            case "add":
                return AddValue(enum.key, (self._number(), self._number(), new), key)
            case "rename":
                return RenameValue(enum.key, key, label, new)
        oid = self._number()
        for _ in enum["values"]:
            self._number()
        return RemoveValue(enum.key, key, label, oid)


ADDED = (
    "table",
    "column",
    "column",
    "enum",
    "function",
    "sequence",
    "view",
    "index",
    "primary key",
    "foreign key",
    "check",
    "policy",
    "trigger",
)
ALTERED: dict[str, tuple[Any, ...]] = {
    "comment": ("", "one", "two"),
    "options": ((), ("fillfactor=70",), ("fillfactor=80",), ("fillfactor=70", "user_catalog_table=true")),
    "not_null": (True, False),
    "default": (),
    "type": (),
    "body": (),
    "increment": (1, 2, 3),
    "owned_by": (),
}
