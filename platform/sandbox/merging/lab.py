"""Databases by the migrations that made them, each cloned from the one that it goes on from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from sandbox.conversation import QueryFailed
from sandbox.databases import Template
from sandbox.rehearsal import Rehearsal, Unrehearsed, can_be_rehearsed, is_ground, shows_code
from sandbox.replaying import Reached, Replaying
from sandbox.replays import ReplayFailure
from schemata.catalog import Catalog, Kind
from schemata.history import History, Migration


@dataclass(slots=True)
class State:
    """A database and the migrations that it holds; with a `failure`, what it held until one failed.

    One that `was_rehearsed` never was in a database of its own, and one that `is_spent` is there no more.
    """

    history: History
    reached: Reached
    parent: "State | None" = field(default=None, repr=False)
    is_spent: bool = False
    was_rehearsed: bool = False
    catalog_read: Catalog | None = field(default=None, repr=False)

    @property
    def migrations(self) -> tuple[Migration, ...]:
        return self.history.migrations

    @property
    def failure(self) -> ReplayFailure | None:
        return self.reached.outcome.failure

    @property
    def ran(self) -> bool:
        return self.failure is None


class Spent(Exception):
    """A state has no database, and needs one after all: the merge begins again, and makes and keeps them all."""


class Lab:
    """The databases of one merge, on one server."""

    def __init__(
        self, replaying: Replaying, pattern: History, *, keeps_all: bool = False, rehearses: bool = True
    ) -> None:
        """`pattern` says under which layout's rules migrations run.

        `keeps_all`: every state has a database that stays. `rehearses`: some may have none.
        """
        self.replaying = replaying
        self._pattern = pattern
        self._keeps_all = keeps_all
        self._rehearses = rehearses and not keeps_all
        self._rehearsal: Rehearsal | None = None
        # Few pairs of branches are merged twice, and on a large schema a spare takes the room of a template.
        replaying.clones_ahead = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_rehearsal(failed=error is not None and not isinstance(error, Spent))

    def start(self, migrations: Sequence[Migration], phase: str) -> State:
        """Run `migrations` in an empty database."""
        return self._reach(tuple(migrations), None, phase)

    def extend(self, state: State, migrations: Sequence[Migration], phase: str) -> State:
        """Run more on top of `state`, so that what stood there keeps its identity: in a clone, or in a rehearsal.

        Raises Spent.
        """
        rehearsed = self._rehearsed(state, tuple(migrations))
        if rehearsed:
            return rehearsed
        root = self.template(state)
        found = self._reach((*state.migrations, *migrations), root, phase)
        found.parent = state
        return found

    def use_up(self, state: State, migrations: Sequence[Migration], phase: str) -> State:
        """As `extend`, in the state's own database where no template would come of that: one clone less.

        Whoever needs the state again meets `Spent`.
        """
        if state.was_rehearsed or not self._is_to_spare(state):
            return self.extend(state, migrations, phase)
        self._end_rehearsal()
        history = self._history((*state.migrations, *migrations))
        self.catalog(state)
        state.is_spent = True
        found = State(history, self.replaying.go_on(state.reached, history, phase))
        found.parent = state
        return found

    def _rehearsed(self, state: State, migrations: tuple[Migration, ...]) -> State | None:
        """Where it leads to, told by a rehearsal; None where that can't be or isn't worth it. Raises Spent."""
        history = self._history((*state.migrations, *migrations))
        ground = _ground_of(state)
        if not self._may_be_rehearsed(history, ground):
            return None
        try:
            rehearsal = self._on(ground)
            if rehearsal is None:
                return None
            rehearsal.go_to(history.migrations[len(ground.migrations) :])
            catalog = rehearsal.read().catalog
        except (Unrehearsed, QueryFailed) as error:
            self._end_rehearsal(failed=True)
            raise Spent from error
        reached = Reached("", len(history.migrations), ground.reached.lineage, None)
        return State(history, reached, state, is_spent=True, was_rehearsed=True, catalog_read=catalog)

    def _may_be_rehearsed(self, history: History, ground: State) -> bool:
        if not self._rehearses or len(history.migrations) == len(ground.migrations) or ground.failure:
            return False
        new = history.migrations[len(ground.migrations) :]
        return can_be_rehearsed(new, self.layout) and not self.replaying.is_known(history)

    def _on(self, ground: State) -> Rehearsal | None:
        """The rehearsal of this merge, which begins with the first state that asks for one."""
        template = self.template(ground)
        before = self.replaying.server.reading_of(template.oid) if template else None
        if template is None or before is None or not is_ground(self.catalog(ground), template.session):
            return None
        if self._rehearsal is None:
            host, watch = self.replaying.server, self.replaying.watch()
            if not shows_code(host):
                return None
            self._rehearsal = Rehearsal(host, template, before.reading, self._pattern, watch)
            self._rehearsal.open()
        return self._rehearsal if self._rehearsal.template is template else None

    def _is_to_spare(self, state: State) -> bool:
        """Settings of a database do not go to its clones, so its clones would be other than itself."""
        if self._keeps_all or state.reached.template or not state.migrations or state.failure:
            return False
        return not self.catalog(state).of_kind(Kind.DATABASE_SETTING) and self.replaying.is_crowded()

    def template(self, state: State) -> Template | None:
        """The state's database, set aside for clones to be made of it. Raises Spent."""
        if state.is_spent:
            raise Spent
        if state.reached.template is None and state.migrations:
            self.catalog(state)
            self.replaying.settle(state.reached, state.history, len(state.migrations))
        return state.reached.template

    def catalog(self, state: State) -> Catalog:
        if state.catalog_read is None:
            # What a clone did not change is then the very same object, and costs nothing to compare.
            like = self.catalog(state.parent) if state.parent else None
            state.catalog_read = self.replaying.catalog_of(state.reached, like)
        return state.catalog_read

    @property
    def is_alive(self) -> bool:
        """Whether the server still stands."""
        return self.replaying.server.is_alive

    @property
    def layout(self) -> str:
        return self._pattern.layout

    def clone(self, state: State) -> tuple[str, dict[str, str]]:
        """A database that equals the state's, for one's own use, and the settings its session begins with."""
        template = self.template(state)
        self._end_rehearsal()
        databases = self.replaying.databases
        source = template.name if template else databases.start_of(self.layout)
        return databases.clone(source), dict(template.session) if template else {}

    def drop(self, database: str) -> None:
        self.replaying.databases.drop(database)

    def discard(self, state: State) -> None:
        """Drop what nobody needs again. A template stays for later merges."""
        if not state.was_rehearsed:
            self.replaying.discard(state.reached)

    def _end_rehearsal(self, *, failed: bool = False) -> None:
        """So that the child that sends statements is free for others."""
        rehearsal, self._rehearsal = self._rehearsal, None
        if rehearsal and self.is_alive:
            rehearsal.close(failed=failed)

    def _history(self, migrations: tuple[Migration, ...]) -> History:
        return History(self._pattern.layout, self._pattern.root, migrations)

    def _reach(self, migrations: tuple[Migration, ...], root: Template | None, phase: str) -> State:
        self._end_rehearsal()
        history = self._history(migrations)
        return State(history, self.replaying.reach(history, len(migrations), root, phase))


def _ground_of(state: State) -> State:
    """What stands below all that was done for a merge."""
    while state.parent:
        state = state.parent
    return state
