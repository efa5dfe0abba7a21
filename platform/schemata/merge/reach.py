"""How far what a branch does reaches in a catalog: rows that follow other rows, code that runs with them."""

import re
import string
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Sequence as Several
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any

from schemata.catalog import (
    Address,
    Aggregate,
    Catalog,
    CatalogObject,
    Constraint,
    Function,
    Kind,
    PublishedTable,
    Rule,
    Sequence,
    Table,
)

_WORD = re.compile(r"[^\W\d][\w$]*")
_IS_WORD = re.compile(r"[^\W\d][\w$]*\Z")
_UNICODE_NAME = re.compile(r'\bu&"', re.IGNORECASE)
_RUNS_TEXT = re.compile(r"\b(?:execute|dblink|dblink_exec|query_to_xml|set_config)\b", re.IGNORECASE)
# What holds its parts' names in one place of names with other objects of the schema.
_NAMED_IN_SCHEMA = frozenset({Kind.INDEX, Kind.CONSTRAINT})
_READABLE = frozenset({"sql", "plpgsql"})
_QUIET = frozenset({"", "no action", "restrict"})


class Unclear(Exception):
    """It can't be told what is touched; the message says why, as the end of a sentence."""


def name_of(at: Address) -> str:
    """The bare name under which an object, or the whole that it is a part of, is spoken of."""
    if at.kind is Kind.SCHEMA:
        return f"schema {at.name}"
    return at.parent or at.name.partition("(")[0]


def names_taken(found: CatalogObject) -> set[str]:
    """Names of a changed object: its whole's, and its own where Postgres chooses or refuses names by it."""
    at = found.address
    own = found.name if isinstance(found, Function | Aggregate) else name_of(at)
    return {own, at.name} if at.kind in _NAMED_IN_SCHEMA else {own}


def addresses_in(found: CatalogObject) -> Iterator[Address]:
    """Addresses that an object's attributes hold."""
    for name in found.__struct_fields__:
        value: Any = getattr(found, name)
        if isinstance(value, Address):
            if name != "address":
                yield value
        elif isinstance(value, tuple):
            yield from (each for each in value if isinstance(each, Address))
            yield from (each.table for each in value if isinstance(each, PublishedTable))


class Deed(Enum):
    """What is done to rows. FILL adds or alters, REKEY alters what foreign keys refer to, REMOVE any of it."""

    READ = auto()
    FILL = auto()
    REKEY = auto()
    REMOVE = auto()


@dataclass(slots=True)
class Changes:
    """Names of what is written and used when rows are written."""

    written: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)


class Reach:
    """Answers from the catalogs before and after a branch's work."""

    def __init__(self, catalogs: Several[Catalog]) -> None:
        self._catalogs = catalogs

    @cached_property
    def names(self) -> dict[str, set[Address]]:
        """Objects that are no parts of others, by their bare names; indexes and constraints too."""
        found: dict[str, set[Address]] = {}
        for catalog in self._catalogs:
            for at, each in catalog.objects.items():
                if at.kind is not Kind.SCHEMA and (not at.parent or at.kind in _NAMED_IN_SCHEMA):
                    name = each.name if isinstance(each, Function | Aggregate) else at.name
                    found.setdefault(name, set()).add(at)
        return found

    @cached_property
    def schemas(self) -> frozenset[str]:
        """Names of schemas that nothing else is called."""
        schemas = {at.name for each in self._catalogs for at in each.objects if at.kind is Kind.SCHEMA}
        return frozenset(schemas - self.names.keys())

    @cached_property
    def _odd_names(self) -> tuple[str, ...]:
        return tuple(name for name in self.names if not _IS_WORD.match(name))

    def known_in(self, text: str) -> frozenset[str]:
        """Names of objects that stand in a text, be it as code, in a string or in a comment."""
        if _UNICODE_NAME.search(text):
            raise Unclear('it writes names as U&"..."')
        words = set(_WORD.findall(text))
        words |= {_as_folded(word) for word in words}
        odd = {name for name in self._odd_names if name in text or name.replace('"', '""') in text}
        return frozenset((words & self.names.keys()) | odd)

    def around(self, names: Iterable[str]) -> set[str]:
        """The names, those that routines among them name, and what each needs at once: a column's type..."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [each for text in self._bodies(name) for each in self.known_in(text)]
        return found | {name_of(need) for name in found for need in self._needs(name)}

    def _bodies(self, name: str) -> Iterator[str]:
        for _, each in self.objects(name):
            if isinstance(each, Function):
                yield each.body

    def _needs(self, name: str) -> Iterator[Address]:
        """Direct needs of an object with its parts, but for the tables that its foreign keys refer to."""
        for catalog, each in self.objects(name):
            if not _is_foreign_key(each):
                yield from catalog.dependencies.get(each.address, ())

    def of_rows(self, written: Mapping[str, "Deed"], mentioned: Collection[str]) -> Changes:
        """What writing rows of these tables reaches, when a statement mentions `mentioned` besides."""
        return _Writing(self).run(written, mentioned)

    @cached_property
    def referring(self) -> dict[str, list[Constraint]]:
        """Foreign keys by the name of the table that they refer to."""
        found: dict[str, list[Constraint]] = {}
        for each in self._all():
            if isinstance(each, Constraint) and each.references:
                found.setdefault(each.references.name, []).append(each)
        return found

    @cached_property
    def joined(self) -> dict[str, set[str]]:
        """What holds rows of a table together with it: partitions and parents, and sequences that it owns."""
        found: dict[str, set[str]] = {}
        for each in self._all():
            at = each.address
            for parent in each.parents if isinstance(each, Table) else ():
                found.setdefault(parent.name, set()).add(at.name)
                found.setdefault(at.name, set()).add(parent.name)
            if isinstance(each, Sequence) and each.owned_by:
                found.setdefault(each.owned_by.parent, set()).add(at.name)
        return found

    def is_key(self, table: str, columns: Collection[str]) -> bool:
        """Whether a foreign key refers to one of these columns."""
        return any(
            not set(columns).isdisjoint(each.referenced_columns) for each in self.referring.get(table, ())
        )

    def _all(self) -> Iterator[CatalogObject]:
        return (each for catalog in self._catalogs for each in catalog.objects.values())

    def objects(self, name: str) -> Iterator[tuple[Catalog, CatalogObject]]:
        """What is called so, and its parts."""
        for catalog in self._catalogs:
            for at in self.names.get(name, ()):
                if at in catalog.objects:
                    yield catalog, catalog.objects[at]
                    yield from ((catalog, part) for part in catalog.children.get(at, ()))


@dataclass
class _Writing:
    """One statement that writes rows, followed until nothing new comes up."""

    reach: Reach
    changes: Changes = field(default_factory=Changes)
    waiting: list[tuple[str, Deed]] = field(default_factory=list)
    seen: set[tuple[str, Deed]] = field(default_factory=set)

    def run(self, written: Mapping[str, Deed], mentioned: Collection[str]) -> Changes:
        self.waiting = [*written.items(), *((name, Deed.READ) for name in mentioned)]
        while self.waiting:
            each = self.waiting.pop()
            if each not in self.seen:
                self.seen.add(each)
                self._follow(*each)
        return self.changes

    def _follow(self, name: str, deed: Deed) -> None:
        (self.changes.used if deed is Deed.READ else self.changes.written).add(name)
        for catalog, found in self.reach.objects(name):
            self._object(catalog, found, deed)
        if deed is not Deed.READ:
            self.waiting += [(each, deed) for each in self.reach.joined.get(name, ())]
            self.waiting += [
                (each.address.parent, deed)
                for each in self.reach.referring.get(name, ())
                if _follows(each, deed)
            ]

    def _object(self, catalog: Catalog, found: CatalogObject, deed: Deed) -> None:
        if isinstance(found, Rule) and deed is not Deed.READ:
            raise Unclear(f"it writes rows under {found.address}")
        if isinstance(found, Function):
            self._run(found)
        needed = {*catalog.dependencies.get(found.address, ()), *addresses_in(found)}
        if deed is Deed.READ and (found.address.parent or isinstance(found, Table)):
            # Nothing of a table runs while it is only read.
            self.changes.used |= set() if _is_foreign_key(found) else {name_of(at) for at in needed}
        elif _is_foreign_key(found):
            self.changes.used |= {name_of(at) for at in needed}
        else:
            self.waiting += [
                (name_of(at), _deed_on(at, found, deed))
                for at in needed
                if name_of(at) != found.address.parent
            ]

    def _run(self, found: Function) -> None:
        """A routine that is called may write all that it names."""
        if found.language not in _READABLE or _RUNS_TEXT.search(found.body):
            raise Unclear(f"{found.address} runs, of which it can't be told what it does")
        deed = next(deed for word, deed in _DEEDS_OF_TEXT if re.search(word, found.body, re.IGNORECASE))
        self.waiting += [(name, deed) for name in self.reach.known_in(found.body)]


_DEEDS_OF_TEXT = (
    (r"\b(?:delete|truncate|merge)\b", Deed.REMOVE),
    (r"\bupdate\b", Deed.REKEY),
    ("", Deed.FILL),
)


def _deed_on(at: Address, found: CatalogObject, deed: Deed) -> Deed:
    """What is done to a need of something: a sequence moves with each row, a view's table is written through it."""
    if deed is not Deed.READ and at.kind is Kind.SEQUENCE:
        return Deed.FILL
    return deed if found.address.kind is Kind.VIEW else Deed.READ


def _follows(found: Constraint, deed: Deed) -> bool:
    """Whether rows with this foreign key are written when rows that they refer to are."""
    if deed is Deed.REMOVE:
        return found.on_delete not in _QUIET or found.on_update not in _QUIET
    return deed is Deed.REKEY and found.on_update not in _QUIET


def _is_foreign_key(found: CatalogObject) -> bool:
    return isinstance(found, Constraint) and found.type == "foreign key"


def _as_folded(word: str) -> str:
    """As Postgres reads a name without quotes: in lower case, where that is ASCII, and not longer than 63 bytes."""
    return word.translate(_LOWERED).encode()[:63].decode(errors="ignore")


_LOWERED = {ord(upper): upper.lower() for upper in string.ascii_uppercase}
