"""From a history to a database that holds it: the longest known prefix is cloned, the rest is run.

Databases that were reached become templates afterwards (`Replaying.finish`), when
nobody waits any more.
"""

import time
from dataclasses import dataclass, field, replace

import psycopg

from sandbox import reading
from sandbox.binaries import Installation
from sandbox.databases import Template
from sandbox.errors import LimitExceeded
from sandbox.host import Host
from sandbox.jobs import Outcome, Watch, perform
from sandbox.reading import Read, Terms
from sandbox.replays import MigrationRun, OnProgress, Progress, Replay
from schemata.catalog import Catalog
from schemata.history import History, Migration

PROGRESS_S = 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take."""

    deadline_s: float
    reading: Terms
    others: tuple[Installation, ...] = ()


@dataclass(slots=True)
class Reached:
    """A database in which a history was run: a template as it is, or one that was worked in now."""

    database: str
    cached: int
    lineage: tuple[int, ...]
    template: Template | None
    outcome: Outcome = field(default_factory=Outcome)
    duration_ms: float = 0.0


class Replaying:
    """The work of one request on one server."""

    def __init__(self, server: Host, limits: Limits, on_progress: OnProgress | None) -> None:
        self.server = server
        self.databases = server.databases
        self.limits = limits
        self.on_progress = on_progress
        self.deadline = time.monotonic() + limits.deadline_s
        self._told = 0.0
        self._unsettled: list[tuple[Reached, History, int]] = []
        self._spent: list[Reached] = []
        self._useful: list[Template] = []
        # Whether the last templates are likely to be cloned next, as those of a branch are that is pushed again.
        self.clones_ahead = True

    @property
    def has_run(self) -> bool:
        """Whether any of the team's SQL has been sent."""
        return bool(self._unsettled)

    def replay(self, history: History) -> Replay:
        started = time.perf_counter()
        reached = self.reach(history, len(history.migrations), None, "replay")
        return self._as_replay(reached, history, self._origin(reached.lineage, history), started)

    def replay_pair(self, base: History, head: History) -> tuple[Replay, Replay]:
        started = time.perf_counter()
        common = shared_prefix(base, head)
        trunk = self.reach(base, common, None, "base")
        if trunk.outcome.failure:
            return self._both_failed(trunk, base, head, started)
        root = self.settle(trunk, base, common)
        before = self._branch_off(trunk, root, base, common, "base")
        first = self._as_replay(before, base, self._origin(trunk.lineage, base), started)
        started = time.perf_counter()
        after = self._branch_off(trunk, root, head, common, "head")
        second = self._as_replay(after, head, self._origin(trunk.lineage, head), started)
        return first, second if before is trunk else replace(second, trunk=self.catalog_of(trunk))

    def _branch_off(
        self, trunk: Reached, root: Template | None, history: History, common: int, phase: str
    ) -> Reached:
        """Go on from the common prefix. With nothing more to run, that is where it ends."""
        if len(history.migrations) == common and phase == "base":
            return trunk
        return self.reach(history, len(history.migrations), root, phase)

    def reach(self, history: History, length: int, root: Template | None, phase: str) -> Reached:
        """A database with the first `length` migrations; with `root`, one that descends from that template."""
        started = time.perf_counter()
        template, known = self._longest_known(history, length, root)
        if template:
            self._useful.append(template)
        lineage = template.lineage if template else ()
        source = template.name if template else self.databases.start_of(history.layout)
        self.databases.show_roles(history.layout)
        if known == length:
            return Reached(source, known, lineage, template)
        database = self.databases.clone(source)
        reached = Reached(database, known, lineage, None)
        self._unsettled.append((reached, history, length))
        reached.outcome = perform(
            self.server,
            database,
            history,
            range(known, length),
            template.session if template else {},
            self._watch(history, known, phase),
        )
        # What the session holds, such as locks, is held until it has ended.
        if reached.outcome.failure:
            self.databases.wait_until_left(database)
        reached.duration_ms = (time.perf_counter() - started) * 1000
        return reached

    def go_on(self, reached: Reached, history: History, phase: str) -> Reached:
        """Run the rest of `history` in the very database that was reached, which becomes nobody's template.

        What it held before is gone with that. `reached` must have been worked in now.
        """
        self._unsettled = [each for each in self._unsettled if each[0] is not reached]
        self.server.forget_catalog(self._oid(reached))
        self.databases.wait_until_left(reached.database)
        known = reached.cached + len(reached.outcome.runs)
        found = Reached(reached.database, known, reached.lineage, None)
        self._spent.append(found)
        wanted = range(known, len(history.migrations))
        found.outcome = perform(
            self.server,
            found.database,
            history,
            wanted,
            reached.outcome.session,
            self._watch(history, known, phase),
        )
        if found.outcome.failure:
            self.databases.wait_until_left(found.database)
        return found

    def is_crowded(self) -> bool:
        """Whether what was reached could not become a template without another one's going."""
        return self.server.is_crowded()

    def _longest_known(
        self, history: History, length: int, root: Template | None
    ) -> tuple[Template | None, int]:
        lengths = {prefix: known for known, prefix in enumerate(history.prefix_hashes()[: length + 1])}
        known = [
            (lengths[template.prefix], place)
            for place, template in enumerate(self.databases.templates)
            if template.prefix in lengths and (root is None or root.oid in template.lineage)
        ]
        longest, place = max(known, default=(0, 0))
        return (self.databases.templates[place] if longest else None), longest

    def is_known(self, history: History) -> bool:
        """Whether a template holds exactly this history."""
        prefix = history.prefix_hashes()[-1]
        return any(template.prefix == prefix for template in self.databases.templates)

    def settle(self, trunk: Reached, history: History, length: int) -> Template | None:
        """Make a template of what was reached at once, for others are cloned from it; None for the empty one."""
        if trunk.template or length == 0:
            return trunk.template
        self._unsettled = [each for each in self._unsettled if each[0] is not trunk]
        self.catalog_of(trunk)
        trunk.template = self._keep(trunk, history, length)
        trunk.database, trunk.lineage = trunk.template.name, trunk.template.lineage
        self._useful.append(trunk.template)
        return trunk.template

    def discard(self, reached: Reached) -> None:
        """Drop a database that was worked in now and that nobody needs again."""
        self._unsettled = [each for each in self._unsettled if each[0] is not reached]
        self._spent = [each for each in self._spent if each is not reached]
        if reached.template is None and not self.databases.is_start(reached.database):
            self.server.forget_catalog(self._oid(reached))
            self.databases.wait_until_left(reached.database)
            self.databases.drop(reached.database)

    def run_in(
        self, database: str, history: History, wanted: range, session: dict[str, str], phase: str
    ) -> Outcome:
        """Run the `wanted` migrations of `history` in a database that nobody else uses."""
        outcome = perform(
            self.server, database, history, wanted, session, self._watch(history, wanted.start, phase)
        )
        self.databases.wait_until_left(database)
        return outcome

    def watch(self) -> Watch:
        """For work that is not about one migration and has nothing to tell."""
        return Watch(self.deadline, self.limits.deadline_s, lambda *_: None, self.limits.others)

    def read_now(self, database: str) -> Catalog:
        """The catalog of a database that is still being changed."""
        return self._read(database).reading.catalog

    def _keep(self, reached: Reached, history: History, length: int) -> Template:
        return self.databases.keep(
            reached.database, history.prefix_hashes()[length], reached.lineage, reached.outcome.session
        )

    def _watch(self, history: History, known: int, phase: str) -> Watch:
        def tell(migration: int, statement: int) -> None:
            self._tell(history, phase, known + migration, statement)

        tell(0, 0)
        return Watch(self.deadline, self.limits.deadline_s, tell, self.limits.others)

    def _tell(self, history: History, phase: str, number: int, statement: int) -> None:
        now = time.monotonic()
        if self.on_progress is None or now - self._told < PROGRESS_S:
            return
        self._told = now
        total = len(history.migrations)
        current: Migration | None = history.migrations[number] if number < total else None
        self.on_progress(
            Progress(
                phase,
                number,
                total,
                current.name if current else "",
                statement,
                len(current.statements) if current else 0,
            )
        )

    def _as_replay(self, reached: Reached, history: History, origin: str, started: float) -> Replay:
        catalog = self.catalog_of(reached)
        cached = [MigrationRun(m.name, m.path, 0.0, True) for m in history.migrations[: reached.cached]]
        return Replay(
            runs=(*cached, *reached.outcome.runs),
            failure=reached.outcome.failure,
            catalog=catalog,
            origin=origin,
            postgres=self.server.version,
            duration_ms=(time.perf_counter() - started) * 1000,
            server_ms=reached.outcome.server_ms,
        )

    def _both_failed(
        self, trunk: Reached, base: History, head: History, started: float
    ) -> tuple[Replay, Replay]:
        origin = self._origin(trunk.lineage, base)
        return self._as_replay(trunk, base, origin, started), self._as_replay(trunk, head, origin, started)

    def _origin(self, lineage: tuple[int, ...], history: History) -> str:
        return f"{self.server.id}:{lineage[-1] if lineage else self.databases.start_of(history.layout)}"

    def catalog_of(self, reached: Reached, like: Catalog | None = None) -> Catalog:
        """The catalog of a database; kept by its oid, which stays when it becomes a template.

        With `like` it holds the objects of that one wherever they are equal, and is kept so.
        """
        oid = self._oid(reached)
        found = self.server.catalogs.get(oid)
        if found is None:
            read = self._read(reached.database)
            found = read.reading.catalog
            self.server.remember_reading(oid, read)
        if like is not None:
            found = found.sharing(like)
        self.server.remember_catalog(oid, found)
        return found

    def _oid(self, reached: Reached) -> int:
        return reached.template.oid if reached.template else self.databases.oid(reached.database)

    def _read(self, database: str) -> Read:
        """What a database holds: of a clone only what is not as it was read in its template."""
        conninfo = self.server.conninfo(database, self.databases.names.reader)
        birth = self.databases.births.get(database)
        template = self.server.reading_of(birth.source) if birth else None
        try:
            with reading.connect(conninfo) as connection:
                if birth and template:
                    return reading.read_clone(connection, self.limits.reading, template, birth.since)
                return reading.read(connection, self.limits.reading)
        except (psycopg.Error, MemoryError) as error:
            if isinstance(error, psycopg.Error) and not self.server.answers():
                raise
            raise LimitExceeded("catalog", f"the schema that was made could not be read: {error}") from error

    def finish(self) -> None:
        """Afterwards: keep what was reached, forget the rest, undo what the role did, clone ahead of need."""
        for reached, history, length in self._unsettled:
            self._settle(reached, history, length)
        for reached in self._spent:
            self.databases.drop(reached.database)
        self.server.reset_team()
        for template in self._useful:
            if template in self.databases.templates:
                self.databases.touch(template)
        self.databases.evict(self.server.is_crowded)
        if self.clones_ahead:
            self._clone_ahead()

    def _clone_ahead(self) -> None:
        for template in {each.name: each for each in self._useful[-2:]}.values():
            if template in self.databases.templates:
                self.databases.make_spare(template.name)

    def _settle(self, reached: Reached, history: History, length: int) -> None:
        outcome = reached.outcome
        done = len(outcome.runs) - (1 if outcome.failure else 0)
        complete = outcome.failure is None and reached.cached + done == length
        clean = outcome.failure is not None and outcome.is_clean and done > 0
        if complete or clean:
            self._useful.append(self._keep(reached, history, reached.cached + done))
        else:
            self.databases.drop(reached.database)


def shared_prefix(base: History, head: History) -> int:
    """How many migrations both histories begin with."""
    pairs = zip(base.prefix_hashes()[1:], head.prefix_hashes()[1:], strict=False)
    shortest = min(len(base.migrations), len(head.migrations))
    return next((n for n, (ours, theirs) in enumerate(pairs) if ours != theirs), shortest)
