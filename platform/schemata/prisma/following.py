"""What people chose about the database, followed by the schema file.

A conflict of the file over a field, model or enum whose column, table or enum was in
conflict in the database as well has one answer, not two. Where the answer can't be told
for sure (two answers that differ, a default that the language can't say), it stays a conflict.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from schemata.catalog import Address, Catalog, Column, Kind
from schemata.prisma.datamodel import DatamodelError
from schemata.prisma.drift.said import places
from schemata.prisma.members import OURS, THEIRS, Decision
from schemata.prisma.merge import FileConflict
from schemata.prisma.parse import parse
from schemata.prisma.resolve import resolve
from schemata.prisma.spelling import default, field_type

# Attributes of a column that a part of a field says. Any part follows what is about the whole object.
_SAYS = {
    "type": frozenset({"type"}),
    "optional": frozenset({"not_null"}),
    "@default": frozenset({"default", "identity", "generated"}),
    "@map": frozenset({"name"}),
}
_WHOLE = frozenset({"", "columns", "constraints", "values", "kind"})
_PARTS = frozenset({Kind.INDEX, Kind.CONSTRAINT})


@dataclass(frozen=True, slots=True)
class Answer:
    """One choice about the database: `ours`, `theirs`, or anything else that only the merged catalog tells.

    `at` are the addresses that its conflict names, `attribute` as in `schemata.merge.Conflict`;
    `is_of_two`: each side made an object of this name, and they are two.
    """

    at: frozenset[Address]
    attribute: str
    choose: str
    is_of_two: bool = False


@dataclass(frozen=True)
class Following:
    """Decides conflicts of two sides' files; `merged` is the catalog that the choices led to.

    `were`: what was called otherwise before, by its address now, as conflicts speak of the base's.
    """

    ours: Mapping[str, str]
    theirs: Mapping[str, str]
    answers: tuple[Answer, ...]
    merged: Catalog
    were: Mapping[Address, Address] = field(default_factory=dict)

    def __call__(self, found: FileConflict) -> Decision | None:
        """The decision that follows from the answers; None where none does, or they differ."""
        if not self.answers:
            return None
        addresses = frozenset(self._addresses(found))
        chosen = {each.choose for each in self.answers if _is_about(each, found, addresses)}
        if chosen == {OURS} or chosen == {THEIRS}:
            return Decision(*chosen)
        return self._from_catalog(found, addresses) if chosen else None

    def whole(self, kind: str, name: str) -> str | None:
        """The side whose block stands alone: of two new tables or enums of one name people chose one."""
        if not any(each.is_of_two for each in self.answers):
            return None
        found = {at for known in self._places for at in known.get((name, 0), ())}
        chosen = {each.choose for each in self.answers if each.is_of_two and not found.isdisjoint(each.at)}
        return next(iter(chosen)) if len(chosen) == 1 and chosen <= {OURS, THEIRS} else None

    @cached_property
    def _places(self) -> tuple[Mapping[tuple[str, int], list[Address]], ...]:
        """Of each side, what of the database is said at each line of each block."""
        return _places(self.ours, self.were), _places(self.theirs, self.were)

    def _addresses(self, found: FileConflict) -> Iterator[Address]:
        block = found.block.partition(" ")[2]
        for known, line in zip(self._places, (found.line_ours, found.line_theirs), strict=True):
            yield from known.get((block, line or 0), ())
        if not found.member or found.block.startswith("enum "):
            for known in self._places:
                yield from (at for at in known.get((block, 0), ()))

    def _from_catalog(self, found: FileConflict, addresses: Iterable[Address]) -> Decision | None:
        objects = (self.merged.objects.get(at) for at in addresses)
        columns = [each for each in objects if isinstance(each, Column)]
        if len(columns) != 1:
            return None
        return _said(columns[0], found)


def _places(
    files: Mapping[str, str], were: Mapping[Address, Address]
) -> Mapping[tuple[str, int], list[Address]]:
    """By block and line; a block as a whole is at line 0 as well. Empty where the files mean nothing."""
    try:
        datamodel = resolve({path: parse(text) for path, text in files.items()})
    except DatamodelError:
        return {}
    known: dict[tuple[str, int], list[Address]] = {}
    for at, place in places(datamodel):
        block, _, member = place.label.partition(".")
        called = [at, were[at]] if at in were else [at]
        known.setdefault((block, place.line), []).extend(called)
        if not member:
            known.setdefault((block, 0), []).extend(called)
    return known


def _is_about(answer: Answer, found: FileConflict, addresses: frozenset[Address]) -> bool:
    head = found.part.split(" ")[0]
    mine = {at for at in addresses if at in answer.at}
    if not mine:
        return any(_holds(answer, at) for at in addresses)
    if not found.part or answer.attribute in _WHOLE:
        return True
    if found.block.startswith("enum "):
        return answer.attribute == found.member
    if any(at.kind in _PARTS for at in mine):
        return head.startswith("@") and head not in _SAYS
    return answer.attribute in _SAYS.get(head, ())


def _holds(answer: Answer, at: Address) -> bool:
    """Whether the answer is about the whole table that this is a part of."""
    whole = Address(Kind.TABLE, at.schema, at.parent)
    return bool(at.parent) and whole in answer.at and answer.attribute in _WHOLE


def _said(column: Column, found: FileConflict) -> Decision | None:
    """The part of a field as the language says what the column is; None where it can't."""
    head, _, rest = found.part.partition(" ")
    if head == "optional":
        return Decision("value", None if column.not_null or column.type.endswith("[]") else "?")
    if head == "type":
        known = field_type(column.type)
        return Decision("value", known) if known else None
    said = default(column) if head == "@default" else None
    if said is None:
        return None
    return Decision("value", (said if rest == "0" else "default") if said else None)
