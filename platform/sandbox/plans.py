"""How a migration is sent: the messages that the team's own tool would send.

A statement at a time where that makes no difference. A message with several
statements runs as in a transaction block (Postgres manual, 55.2.2.1), so BEGIN,
its statements, COMMIT give the same result and a duration for each. With
transaction control of its own it is sent whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from schemata.history import Batch, History, Migration, Transaction
from schemata.statements import Statement

# These tools give every migration a session of its own, or reset it; the others keep one for a whole deploy.
FRESH_SESSIONS = frozenset({"flyway", "supabase"})

_BLANK = re.compile(r"(?:\s|--[^\r\n]*|/\*(?:[^*]|\*(?!/))*\*/)*")
_CONTROL = re.compile(
    r"(begin|start\s+transaction|commit|end|rollback|abort|savepoint|release|prepare\s+transaction)\b",
    re.IGNORECASE,
)
_PLAIN_BEGIN = re.compile(r"(begin|start\s+transaction)(\s+(work|transaction))?\s*", re.IGNORECASE)
_PLAIN_COMMIT = re.compile(r"(commit|end)(\s+(work|transaction))?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Step:
    """One message to send.

    `index` is its first statement in the migration (-1: the tool's own), `count`
    how many it holds, `offset` where it stands in the migration's text.
    """

    text: str
    index: int
    count: int = 1
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The messages of one migration. When `is_atomic` fails, nothing of it is left behind."""

    steps: tuple[Step, ...]
    is_atomic: bool


def keeps_session(history: History) -> bool:
    """Whether the tool's next migration sees the settings that the last one left."""
    return history.layout not in FRESH_SESSIONS


def plan_of(migration: Migration) -> Plan:
    steps = tuple(_steps(migration))
    kinds = [step.text for step in steps if step.index < 0]
    return Plan(steps, is_atomic=kinds == ["BEGIN", "COMMIT"] and steps[0].index < 0 and steps[-1].index < 0)


def _steps(migration: Migration) -> Iterator[Step]:
    if migration.preparation:
        yield Step(migration.preparation, -1)
    if migration.transaction is Transaction.TRANSACTION:
        yield Step("BEGIN", -1)
    index = 0
    for batch in migration.batches:
        yield from _batch_steps(batch, index, migration.transaction)
        index += len(batch.statements)
    if migration.transaction is Transaction.TRANSACTION:
        yield Step("COMMIT", -1)


def _batch_steps(batch: Batch, index: int, transaction: Transaction) -> Iterator[Step]:
    statements = batch.statements
    each = [Step(one.text, index + place, offset=one.offset) for place, one in enumerate(statements)]
    alone = transaction is Transaction.NONE or len(statements) <= 1
    if alone or (transaction is Transaction.MESSAGE and _is_own_block(statements)):
        yield from each
    elif any(map(_controls, statements)):
        yield Step(batch.text, index, len(statements), batch.offset)
    elif transaction is Transaction.MESSAGE and statements:
        yield Step("BEGIN", -1)
        yield from each
        yield Step("COMMIT", -1)
    else:
        yield from each


def _is_own_block(statements: tuple[Statement, ...]) -> bool:
    """A file that is BEGIN, statements, COMMIT means the same message by message."""
    first, *inner, last = map(_code, statements)
    return bool(
        _PLAIN_BEGIN.fullmatch(first)
        and _PLAIN_COMMIT.fullmatch(last)
        and not any(_CONTROL.match(code) for code in inner)
    )


def _controls(statement: Statement) -> bool:
    return _CONTROL.match(_code(statement)) is not None


def _code(statement: Statement) -> str:
    """The beginning of a statement without leading comments; enough to see its first words."""
    start = _BLANK.match(statement.text)
    return statement.text[start.end() if start else 0 :][:200]
