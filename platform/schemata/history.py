"""A history: the ordered migrations of one commit, as values.

Layout readers build it from files, the sandbox replays it, templates are
cached under its prefix hashes, and every page speaks of its migrations and
statements.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from schemata.findings import Finding


class Transaction(StrEnum):
    """Which transaction a team's own tool runs a migration in.

    MESSAGE: the whole file is one simple-query message, so its statements share
    an implicit transaction block (Postgres manual, 55.2.2.1). TRANSACTION: an
    explicit BEGIN and COMMIT around it. NONE: each statement commits alone.
    """

    MESSAGE = "message"
    TRANSACTION = "transaction"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement without its terminator, and where it stands.

    `line` and `column` count from 1 in the migration's file; `offset` counts
    characters from the start of the file's decoded text. `kind` is the node of
    Postgres's grammar (`CreateStmt`), or empty where only splitting succeeded.
    """

    text: str
    line: int
    column: int
    offset: int
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """One named step of a history, as the team's tool would run it."""

    name: str
    path: str
    text: str
    hash: str
    statements: tuple[Statement, ...]
    transaction: Transaction
    down: tuple[Statement, ...] | None = None
    down_path: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that belongs to the schema but is not a migration."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class History:
    """The migrations of one commit in the order the team's tool runs them.

    `layout` is the reader's slug (`prisma`, `drizzle`, `flyway`...), `root` the
    folder it was found in, `findings` what the reader saw on the way.
    """

    layout: str
    root: str
    migrations: tuple[Migration, ...]
    schema_files: tuple[SourceFile, ...] = ()
    findings: tuple[Finding, ...] = ()

    def prefix_hashes(self) -> tuple[str, ...]:
        """Hash of every prefix: n + 1 hex digests, the empty history first.

        A digest covers the text and transaction rule of each migration, not its
        name: the same statements in the same order give the same database.
        """
        return tuple(_running_hashes(self.migrations))

    @property
    def hash(self) -> str:
        return self.prefix_hashes()[-1]


def _running_hashes(migrations: tuple[Migration, ...]) -> Iterator[str]:
    running = hashlib.sha256(b"braid history 1").hexdigest()
    yield running
    for migration in migrations:
        step = f"{running}\0{migration.transaction}\0{migration.hash}"
        running = hashlib.sha256(step.encode()).hexdigest()
        yield running
