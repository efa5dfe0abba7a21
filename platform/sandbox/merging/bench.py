"""One database worked in statement by statement, each step of which can be taken back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sandbox.merging.lab import Lab, State
from sandbox.replays import ReplayFailure
from schemata.catalog import Catalog
from schemata.history import Batch, History, Migration, Transaction


def single(migration: Migration, index: int) -> Migration:
    """One statement of a migration, as a migration of its own."""
    return alone(migration, migration.statements[index].text)


def alone(migration: Migration, text: str) -> Migration:
    """A statement that runs by itself and is reported as part of `migration`."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Migration(migration.name, migration.path, text, digest, Transaction.NONE, (Batch(text),))


@dataclass(frozen=True, slots=True)
class Stopped:
    """Which of the statements sent together failed, counted from 0, and how."""

    number: int
    failure: ReplayFailure


@dataclass(slots=True)
class Bench:
    """A clone of `start` in which statements run one after another.

    `run` says what failed; then nothing of that run is left. `restore` goes to where
    other runs led, by doing them again in a new clone.
    """

    lab: Lab
    start: State
    phase: str
    done: list[tuple[Migration, ...]] = field(default_factory=list)
    catalog: Catalog = field(init=False)
    _database: str = field(init=False)
    _session: dict[str, str] = field(init=False)

    def __enter__(self) -> Self:
        self._open()
        self.catalog = self.lab.catalog(self.start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, Exception):
            self.lab.drop(self._database)

    def run(self, *statements: Migration, reads: bool = True) -> Stopped | None:
        """Run statements, all or none; `reads`: the catalog may have changed."""
        stopped, clean = self._send(statements)
        if stopped is None:
            self.done.append(statements)
            if reads and statements:
                self._read()
        elif len(statements) > 1 or not clean:
            self._again()
        return stopped

    def restore(self, runs: Sequence[tuple[Migration, ...]]) -> None:
        """Stand where exactly `runs`, each of which has succeeded before, were done."""
        if list(runs) != self.done:
            self.done = list(runs)
            self._again()
            self._read()

    def _read(self) -> None:
        self.catalog = self.lab.replaying.read_now(self._database).sharing(self.lab.catalog(self.start))

    def _send(self, statements: tuple[Migration, ...]) -> tuple[Stopped | None, bool]:
        if not statements:
            return None, True
        history = History(self.lab.layout, "", statements)
        outcome = self.lab.replaying.run_in(
            self._database, history, range(len(statements)), self._session, self.phase
        )
        if outcome.failure is None:
            self._session = outcome.session
            return None, True
        return Stopped(len(outcome.runs) - 1, outcome.failure), outcome.is_clean

    def _again(self) -> None:
        self.lab.drop(self._database)
        self._open()
        for statements in self.done:
            self._send(statements)

    def _open(self) -> None:
        self._database, self._session = self.lab.clone(self.start)
