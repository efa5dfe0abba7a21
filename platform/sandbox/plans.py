"""How a migration is sent: the messages that the team's own tool would send, with clock marks between statements.

A message with several statements is one implicit transaction block (Postgres
manual, 55.2.2.1) and is answered in one piece, so nobody outside sees when each
of its statements was done. A query for the time between them tells, changes
nothing, and costs less than a message for each.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.bookkeeping import table_for
from schemata.history import Batch, History, Migration, Transaction
from schemata.statements import Statement

# These tools give every migration a session of its own, or reset it; the others keep one for a whole deploy.
FRESH_SESSIONS = frozenset({"flyway", "supabase"})

# On a line of its own: the statement before may end in a comment.
MARK = "\n;select pg_catalog.date_part('epoch', pg_catalog.clock_timestamp());"
BEGIN, COMMIT = "BEGIN;", "\n;COMMIT"

_BLANK = re.compile(r"(?:\s|--[^\r\n]*|/\*(?:[^*]|\*(?!/))*\*/)*")
_CONTROL = re.compile(
    r"(begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b",
    re.IGNORECASE,
)
# These must come before the first query of their transaction, and a mark is a query.
_EARLY = re.compile(r"(set|begin|start)\b[^;]*\b(transaction|isolation|deferrable)", re.IGNORECASE)
# What ends here may have left something behind although it failed.
_LEAVES_TRACES = re.compile(
    r"(do|call|vacuum|cluster|reindex|alter\s+system|execute)\b|.*\bconcurrently\b", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Step:
    """One message to send.

    `index` is its first statement in the migration (-1: the tool's own), `count`
    how many it holds, `offset` where `plain`, the text without marks, stands in
    the migration's. `starts` are the places of the statements in `text`, where
    that is marked.
    """

    text: str
    index: int
    count: int = 1
    offset: int = 0
    plain: str = ""
    starts: tuple[int, ...] = ()

    def statement_at(self, position: int) -> tuple[int, int]:
        """Which statement of a marked text a character is in, and how far from its start."""
        which = max(0, bisect_right(self.starts, position) - 1)
        return which, position - self.starts[which]


@dataclass(frozen=True, slots=True)
class Plan:
    """The messages of one migration. When one that `is_atomic` fails, nothing of it is left behind."""

    steps: tuple[Step, ...]
    is_atomic: bool


def keeps_session(history: History) -> bool:
    """Whether the tool's next migration sees the settings that the last one left."""
    return history.layout not in FRESH_SESSIONS


def plan_of(migration: Migration, layout: str) -> Plan:
    table = table_for(migration, layout)
    before = (Step(table, -1),) if table else ()
    return Plan((*before, *_steps(migration)), _is_atomic(migration))


def _steps(migration: Migration) -> Iterator[Step]:
    if migration.transaction is Transaction.TRANSACTION:
        yield from _transaction(migration)
        return
    index = 0
    for batch in migration.batches:
        statements = batch.statements
        if migration.transaction is Transaction.NONE:
            yield from _one_by_one(statements, index)
        elif statements:
            yield _message(batch, index)
        index += len(statements)


def _transaction(migration: Migration) -> Iterator[Step]:
    """BEGIN, every batch, COMMIT: in one message where nothing in it minds."""
    statements = migration.statements
    if statements and not any(_CONTROL.match(code) or _EARLY.match(code) for code in map(_code, statements)):
        text, starts = _marked(statements, BEGIN)
        yield Step(text + COMMIT, 0, len(statements), starts=starts)
        return
    yield Step("BEGIN", -1)
    index = 0
    for batch in migration.batches:
        yield Step(batch.text, index, len(batch.statements), batch.offset)
        index += len(batch.statements)
    yield Step("COMMIT", -1)


def _one_by_one(statements: Sequence[Statement], index: int) -> Iterator[Step]:
    for place, statement in enumerate(statements):
        yield Step(statement.text, index + place, offset=statement.offset)


def _message(batch: Batch, index: int) -> Step:
    statements = batch.statements
    if len(statements) == 1 or any(_EARLY.match(code) for code in map(_code, statements)):
        return Step(batch.text, index, len(statements), batch.offset)
    text, starts = _marked(statements, "")
    return Step(text, index, len(statements), batch.offset, batch.text, starts)


def _marked(statements: Sequence[Statement], before: str) -> tuple[str, tuple[int, ...]]:
    parts = []
    starts = []
    place = len(before)
    for statement in statements:
        starts.append(place)
        parts.append(statement.text)
        place += len(statement.text) + len(MARK)
    return before + MARK.join(parts), tuple(starts)


def _is_atomic(migration: Migration) -> bool:
    codes = [_code(statement) for statement in migration.statements]
    if any(map(_CONTROL.match, codes)):
        return False
    if migration.transaction is Transaction.TRANSACTION or len(codes) == 0:
        return True
    if migration.transaction is Transaction.MESSAGE and len(migration.batches) == 1:
        return len(codes) > 1 or not _LEAVES_TRACES.match(codes[0])
    return False


def _code(statement: Statement) -> str:
    """The beginning of a statement without leading comments; enough to see its first words."""
    start = _BLANK.match(statement.text)
    return statement.text[start.end() if start else 0 :][:400]
