"""What came of running a history: values that judging, pages and the command line read."""

from collections.abc import Callable
from dataclasses import dataclass

from schemata.catalog import Catalog


@dataclass(frozen=True, slots=True)
class StatementRun:
    """One statement that ran, by its index in `Migration.statements`.

    The duration is 0 for all statements of a message that the tool sends whole
    because it holds its own transaction control: only its sum is known then.
    """

    index: int
    duration_ms: float


@dataclass(frozen=True, slots=True)
class MigrationRun:
    """One migration that ran now, or (`cached`, without durations) when its database was first made."""

    name: str
    path: str
    duration_ms: float
    cached: bool
    statements: tuple[StatementRun, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplayFailure:
    """Postgres's own message on the statement that failed, and where that stands in its file.

    `statement` is an index in `Migration.statements`, None where no single one is
    to blame (a deferred constraint at COMMIT). `excerpt` is the line with a caret
    below the column, `hint` Postgres's or ours.
    """

    migration: str
    path: str
    statement: int | None
    sqlstate: str
    message: str
    detail: str = ""
    hint: str = ""
    line: int | None = None
    column: int | None = None
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """A history run to its end or to its first failure, and the catalog of what stood there then.

    Identities in two catalogs are comparable where `origin` is the same.
    `server_ms` is Postgres's own time for the statements that ran now, the rest of
    `duration_ms` is Braid's. `trunk`, on the second of a pair, is the catalog of the
    migrations that both begin with, where the first goes on from there: only what
    stands in it can be the same object in both.
    """

    runs: tuple[MigrationRun, ...]
    failure: ReplayFailure | None
    catalog: Catalog
    origin: str
    postgres: str
    duration_ms: float
    server_ms: float
    trunk: Catalog | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a running replay stands: `done` of `total` migrations, the next being `migration`.

    `phase` is `base` or `head` in a pair, `replay` alone. `statement` counts from 0.
    """

    phase: str
    done: int
    total: int
    migration: str
    statement: int = 0
    statements: int = 0


OnProgress = Callable[[Progress], None]
