"""A migration's text with some of its statements left out or replaced; all else stays as its author wrote it."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from schemata.history import Batch, Migration
from schemata.statements import Statement

_TERMINATOR = re.compile(r"\s*;")
# A comment that stands for a statement would swallow what follows on its line.
_REST_OF_LINE = re.compile(r"[^\S\r\n]*[^\s]")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The statement is not to run; `reason` is a sentence that stands in its place as a comment."""

    reason: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """Other statements run in its place, each ending in a semicolon; `reason` stands before them."""

    statements: tuple[str, ...]
    reason: str


Decision = LeftOut | Replaced


def rewrite(migration: Migration, decisions: Mapping[int, Decision]) -> Migration:
    """The migration with decisions on statements, by their index in `migration.statements`.

    The author's comments stay, batches and transaction rule too.
    """
    edits = tuple(_edits(migration, decisions))
    if not edits:
        return migration
    text = _applied(migration.text, edits)
    return replace(
        migration,
        text=text,
        hash=hashlib.sha256(text.encode()).hexdigest(),
        batches=tuple(_moved(batch, edits, text) for batch in migration.batches),
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    """Characters `start` to `end` of the old text give way to `text`."""

    start: int
    end: int
    text: str

    @property
    def growth(self) -> int:
        return len(self.text) - (self.end - self.start)


def _edits(migration: Migration, decisions: Mapping[int, Decision]) -> Iterator[_Edit]:
    for index, statement in enumerate(migration.statements):
        if index in decisions:
            start = statement.offset + len(statement.lead)
            end = _after_terminator(migration, statement)
            goes_on = _REST_OF_LINE.match(migration.text, end)
            yield _Edit(start, end, _text(decisions[index]) + ("\n" if goes_on else ""))


def _after_terminator(migration: Migration, statement: Statement) -> int:
    """The end of the statement's semicolon, where it has one in its own batch."""
    batch = next(b for b in migration.batches if b.offset <= statement.offset <= b.offset + len(b.text))
    found = _TERMINATOR.match(migration.text, statement.end, batch.offset + len(batch.text))
    return found.end() if found else statement.end


def _text(decision: Decision) -> str:
    comment = "\n".join(f"-- {line}" for line in decision.reason.splitlines())
    statements = decision.statements if isinstance(decision, Replaced) else ()
    return "\n".join((comment, *statements))


def _applied(text: str, edits: tuple[_Edit, ...]) -> str:
    parts = []
    place = 0
    for edit in edits:
        parts += [text[place : edit.start], edit.text]
        place = edit.end
    return "".join((*parts, text[place:]))


def _moved(batch: Batch, edits: tuple[_Edit, ...], text: str) -> Batch:
    """Where the batch stands in the new text."""
    end = batch.offset + len(batch.text)
    start = batch.offset + sum(edit.growth for edit in edits if edit.end <= batch.offset)
    inside = sum(edit.growth for edit in edits if batch.offset <= edit.start and edit.end <= end)
    before = text[:start]
    return Batch(
        text[start : start + len(batch.text) + inside],
        start,
        before.count("\n") + 1,
        start - (before.rfind("\n") + 1) + 1,
    )
