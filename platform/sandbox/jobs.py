"""One session of a team's migrations in one database: sent, watched, stopped when it goes too far."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NoReturn

from psycopg import sql
from psycopg.conninfo import make_conninfo

from sandbox import supabase
from sandbox.binaries import Installation
from sandbox.errors import DeadlineExceeded, ExtensionMissing, LimitExceeded, ServerDown
from sandbox.failures import Choice, describe_crash, describe_missing, failure_of, missing_extension
from sandbox.host import Host
from sandbox.plans import Plan, Step, keeps_session, plan_of
from sandbox.replays import MigrationRun, ReplayFailure, StatementRun
from schemata.history import History, Migration

TICK_S = 0.1
LONGEST_TICK_S = 1.0
SESSION_OPTIONS = "-c client_min_messages=warning"


@dataclass(frozen=True, slots=True)
class Watch:
    """When a job must end, whom to tell how far it is, and which other Postgres a team could ask for."""

    deadline: float
    deadline_s: float
    tell: Callable[[int, int], None]
    others: tuple[Installation, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What came of a session. `is_clean`: nothing of the failed migration is left in the database."""

    runs: list[MigrationRun] = field(default_factory=list)
    failure: ReplayFailure | None = None
    is_clean: bool = True
    session: dict[str, str] = field(default_factory=dict)

    @property
    def server_ms(self) -> float:
        return sum(run.duration_ms for run in self.runs)


def perform(
    server: Host,
    database: str,
    history: History,
    wanted: range,
    session: dict[str, str],
    watch: Watch,
) -> Outcome:
    """Run the `wanted` migrations of `history` in `database` as the team's tool would, beginning with `session`.

    A migration that fails is in the outcome. Raises DeadlineExceeded, LimitExceeded,
    ExtensionMissing or ServerDown; after all but ExtensionMissing the database is
    not to be used, and `server.is_alive` says whether the server is.
    """
    migrations = history.migrations[wanted.start : wanted.stop]
    plans = [plan_of(migration, history.layout) for migration in migrations]
    conninfo = server.conninfo(database, server.databases.names.team)
    server.runner.send(
        {
            "conninfo": make_conninfo(conninfo, options=session_options(history), connect_timeout=10),
            "setup": [set_config(server, name, value) for name, value in session.items()],
            "migrations": [[_as_sent(step) for step in plan.steps] for plan in plans],
            "keep": keeps_session(history),
        }
    )
    return Session(server, migrations, plans, watch).follow()


def session_options(history: History) -> str:
    """What a session begins with under the rules of the history's layout."""
    if history.layout == supabase.LAYOUT:
        return f"{SESSION_OPTIONS} -c search_path={supabase.SEARCH_PATH}"
    return SESSION_OPTIONS


def _as_sent(step: Step) -> tuple[str, int, int, bool, str]:
    return step.text, step.index, step.count, bool(step.starts), step.plain


def _durations(times: list[float], count: int) -> list[float]:
    """Milliseconds of each statement: the first and last times are our clock's, those between the server's.

    Without those between there is only the sum, which is then no statement's.
    """
    if count == 1:
        return [(times[-1] - times[0]) * 1000]
    if len(times) != count + 1:
        return [0.0] * count
    if not times[0] <= times[1] <= times[-2] <= times[-1]:
        # The clocks differ: the server is on another machine. What is not between marks is halved.
        rest = max(0.0, times[-1] - times[0] - (times[-2] - times[1])) / 2
        times = [times[1] - rest, *times[1:-1], times[-2] + rest]
    return [max(0.0, after - before) * 1000 for before, after in pairwise(times)]


def set_config(server: Host, name: str, value: str) -> str:
    """The statement that gives a session one of the settings that the last one left."""
    query = sql.SQL("select pg_catalog.set_config({}, {}, false)").format(name, value)
    return query.as_string(server.databases.admin)


class Session:
    """Follows the events of one job; `take` says which is the last."""

    def __init__(
        self, server: Host, migrations: Sequence[Migration], plans: list[Plan], watch: Watch
    ) -> None:
        self.server = server
        self.migrations = migrations
        self.plans = plans
        self.watch = watch
        self.outcome = Outcome()
        self.current = 0
        self.statements: list[StatementRun] = []
        self.times: list[float] = []
        self.next_look = time.monotonic() + TICK_S

    def follow(self) -> Outcome:
        try:
            for event in self._events():
                self._look_around()
                if event and self.take(event):
                    return self.outcome
        except ExtensionMissing:
            raise
        except BaseException:
            # Also when whoever listens to the progress wants it stopped, or this process is being stopped.
            self._give_up()
            raise
        raise AssertionError("events never end by themselves")

    def _events(self) -> Iterator[dict[str, Any] | None]:
        try:
            yield from self.server.runner.events(TICK_S)
        except LimitExceeded as error:
            raise LimitExceeded(error.limit, f"{self._where()}: {error}") from error

    def take(self, event: dict[str, Any]) -> bool:
        """Note one event; whether it was the last."""
        kind = event["event"]
        if kind == "times":
            self.times += event["times"]
        elif kind == "statements":
            self._take_statements(event)
        elif kind == "migration":
            self._end_migration(event)
            self.watch.tell(self.current, 0)
        elif kind == "failure":
            self._fail(event)
        elif kind == "end":
            self.outcome.session = event["session"]
        elif kind == "refused":
            raise ServerDown(f"a sandbox server refused a connection: {event['message']}")
        return kind in ("failure", "end")

    def _take_statements(self, event: dict[str, Any]) -> None:
        first, count = event["index"], event["count"]
        durations = _durations([*self.times, *event["times"]], count)
        self.times = []
        self.statements += [StatementRun(first + place, each) for place, each in enumerate(durations)]
        self.watch.tell(self.current, first + count)

    def _end_migration(self, event: dict[str, Any]) -> None:
        migration = self.migrations[self.current]
        run = MigrationRun(migration.name, migration.path, float(event["ms"]), False, tuple(self.statements))
        self.outcome.runs.append(run)
        self.statements = []
        self.current += 1

    def _fail(self, event: dict[str, Any]) -> None:
        migration, plan = self.migrations[self.current], self.plans[self.current]
        if event.get("lost"):
            self._explain_loss()
        choice = Choice(self.server.installation, self.watch.others)
        extension = missing_extension(event)
        if extension:
            raise ExtensionMissing(extension, describe_missing(extension, migration, plan, event, choice))
        self.outcome.failure = failure_of(migration, plan, event, choice)
        self.outcome.is_clean = plan.is_atomic and not event.get("lost")
        self._end_migration(event)

    def _explain_loss(self) -> None:
        """The session was cut: by its own doing, which is a failure, or because the server is gone."""
        if not self.server.answers():
            self._tell_crash()

    def _tell_crash(self) -> NoReturn:
        self._look_at_disk()
        raise LimitExceeded("crash", f"{self._where()}: {describe_crash(self.server, 'it')}")

    def _look_around(self) -> None:
        now = time.monotonic()
        if now < self.next_look:
            return
        self._look_at_disk()
        # Measuring a large folder takes a while; it shall not take most of the time.
        self.next_look = time.monotonic() + min(LONGEST_TICK_S, max(TICK_S, 5 * (time.monotonic() - now)))
        self.watch.tell(self.current, len(self.statements))
        if now > self.watch.deadline:
            raise DeadlineExceeded(
                f"{self._where()}: still running after {self.watch.deadline_s:g} s, the longest that a replay may "
                "take; it was stopped. Make it faster, or raise the limit if that is expected."
            )
        if not self.server.is_alive:
            self._tell_crash()

    def _look_at_disk(self) -> None:
        if self.server.is_full():
            self._give_up(kill=True)
            raise LimitExceeded(
                "disk",
                f"{self._where()}: the sandbox's disk is full ({self.server.disk_mb} MB, SANDBOX_DISK_MB); "
                "the server was thrown away",
            )

    def _give_up(self, kill: bool = False) -> None:
        """Stop the session; when it does not let itself be stopped, the whole server goes."""
        self.server.stop_runner()
        if kill or not self.server.end_sessions():
            self.server.kill()

    def _where(self) -> str:
        if self.current >= len(self.migrations):
            return "after the last migration"
        return self.migrations[self.current].path
