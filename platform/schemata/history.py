"""A history: the ordered migrations of one commit, as values.

Layout readers build it from files, the sandbox replays it, templates are
cached under its prefix hashes, and every page speaks of its migrations and
statements.

To run a migration as the team's own tool would, send each of its `batches` as
one simple-query message, inside the transaction that `transaction` names. A
runner that wants a time per statement may send the statements of a batch one
by one instead, where it keeps the transaction that the message would have had:
a batch of one statement alone, a longer one between BEGIN and COMMIT (or until
the batch's own transaction control, as Postgres's manual says in 55.2.2.1).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from schemata.findings import Finding, Severity
from schemata.statements import SplitError, Statement, split


class Transaction(StrEnum):
    """Which transaction a team's own tool runs a migration in.

    MESSAGE: none of the tool's; each batch is one simple-query message, whose
    statements share an implicit transaction block when they are several
    (Postgres manual, 55.2.2.1). TRANSACTION: an explicit BEGIN and COMMIT
    around all batches. NONE: each statement alone commits, batches or not.
    """

    MESSAGE = "message"
    TRANSACTION = "transaction"
    NONE = "none"


@dataclass(frozen=True)
class Batch:
    """One message that the tool sends: a piece of the file, and where it stands.

    `offset` counts characters in the migration's text, `line` and `column`
    from 1. Not every tool sends the file itself: `text` is what it sends, and
    `migration.text[b.offset : b.offset + len(b.text)] == b.text` holds always.
    """

    text: str
    offset: int = 0
    line: int = 1
    column: int = 1

    @cached_property
    def _cut(self) -> "tuple[tuple[Statement, ...], SplitError | None]":
        try:
            return split(self.text, offset=self.offset, line=self.line, column=self.column), None
        except SplitError as error:
            whole = Statement(self.text, self.line, self.column, self.offset)
            return (whole,), error

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Its statements; all of it as one where it can't be split, for Postgres to refuse."""
        return self._cut[0]

    @property
    def split_error(self) -> SplitError | None:
        return self._cut[1]


@dataclass(frozen=True)
class Migration:
    """One named step of a history, as the team's tool would run it.

    `hash` is a digest of the file's bytes. `down` holds the batches that undo
    it, None where the tool or the team has none; they stand in `down_path`, or
    in the same file where that is empty. Nothing is split until asked for.
    """

    name: str
    path: str
    text: str
    hash: str
    transaction: Transaction
    batches: tuple[Batch, ...]
    down: tuple[Batch, ...] | None = None
    down_path: str = ""
    down_text: str = ""

    # No slots: `cached_property` keeps its value in the instance's dictionary.

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Its statements in order, over all batches. Never raises (see `split_errors`)."""
        return tuple(statement for batch in self.batches for statement in batch.statements)

    @property
    def split_errors(self) -> tuple[SplitError, ...]:
        errors = (batch.split_error for batch in self.batches)
        return tuple(error for error in errors if error is not None)


def migration_of(name: str, text: str, *, transaction: Transaction = Transaction.MESSAGE) -> Migration:
    """A migration whose file is `name` and which is sent whole, as one batch."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Migration(name, name, text, digest, transaction, (Batch(text),))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that belongs to the schema but is not a migration."""

    path: str
    text: str


@dataclass(frozen=True)
class History:
    """The migrations of one commit in the order the team's tool runs them.

    `layout` is the reader's slug (`prisma`, `drizzle`, `flyway`...), `root` the
    folder it was found in, `postgres` the major version that `braid.toml` asks
    for. `findings` is what the reader saw on the way; an error among them means
    that the tool itself would refuse to run this history, so nobody replays it.
    """

    layout: str
    root: str
    migrations: tuple[Migration, ...]
    schema_files: tuple[SourceFile, ...] = ()
    findings: tuple[Finding, ...] = ()
    postgres: int | None = None

    @property
    def is_runnable(self) -> bool:
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    def prefix_hashes(self) -> tuple[str, ...]:
        """Hash of every prefix: n + 1 hex digests, the empty history first.

        A digest covers the text and transaction rule of each migration, not its
        name: the same statements in the same order, on the same start, give the same database.
        """
        return self._prefix_hashes

    @property
    def hash(self) -> str:
        return self._prefix_hashes[-1]

    @cached_property
    def _prefix_hashes(self) -> tuple[str, ...]:
        return tuple(_running_hashes(self.migrations, self.layout))


def _running_hashes(migrations: tuple[Migration, ...], layout: str) -> Iterator[str]:
    # A Supabase database is not empty when the first migration runs.
    start = b"braid history 4 supabase" if layout == "supabase" else b"braid history 4"
    running = hashlib.sha256(start).hexdigest()
    yield running
    for migration in migrations:
        cuts = ",".join(f"{batch.offset}+{len(batch.text)}" for batch in migration.batches)
        step = f"{running}\0{migration.transaction}\0{cuts}\0{migration.hash}"
        running = hashlib.sha256(step.encode()).hexdigest()
        yield running
