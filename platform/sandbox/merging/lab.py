"""Databases by the migrations that made them, each cloned from the one that it goes on from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.databases import Template
from sandbox.replaying import Reached, Replaying
from sandbox.replays import ReplayFailure
from schemata.catalog import Catalog, Kind
from schemata.history import History, Migration


@dataclass(slots=True)
class State:
    """A database and the migrations that it holds; with a `failure`, what it held until one failed."""

    history: History
    reached: Reached
    parent: "State | None" = field(default=None, repr=False)
    is_spent: bool = False
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
    """A state's database was used up and is needed after all: the merge begins again, and keeps it."""


class Lab:
    """The databases of one merge, on one server."""

    def __init__(self, replaying: Replaying, pattern: History, *, keeps_all: bool = False) -> None:
        """`pattern` says under which layout's rules migrations run. `keeps_all`: no state is used up."""
        self.replaying = replaying
        self._pattern = pattern
        self._keeps_all = keeps_all
        # Few pairs of branches are merged twice, and on a large schema a spare takes the room of a template.
        replaying.clones_ahead = False

    def start(self, migrations: Sequence[Migration], phase: str) -> State:
        """Run `migrations` in an empty database."""
        return self._reach(tuple(migrations), None, phase)

    def extend(self, state: State, migrations: Sequence[Migration], phase: str) -> State:
        """Run more in a clone of `state`, so that what stood there keeps its identity."""
        root = self.template(state)
        found = self._reach((*state.migrations, *migrations), root, phase)
        found.parent = state
        return found

    def use_up(self, state: State, migrations: Sequence[Migration], phase: str) -> State:
        """As `extend`, in the state's own database where no template would come of that: one clone less.

        Whoever needs the state again meets `Spent`.
        """
        if not self._is_to_spare(state):
            return self.extend(state, migrations, phase)
        history = self._history((*state.migrations, *migrations))
        self.catalog(state)
        state.is_spent = True
        found = State(history, self.replaying.go_on(state.reached, history, phase))
        found.parent = state
        return found

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
        databases = self.replaying.databases
        source = template.name if template else databases.start_of(self.layout)
        return databases.clone(source), dict(template.session) if template else {}

    def drop(self, database: str) -> None:
        self.replaying.databases.drop(database)

    def discard(self, state: State) -> None:
        """Drop what nobody needs again. A template stays for later merges."""
        self.replaying.discard(state.reached)

    def _history(self, migrations: tuple[Migration, ...]) -> History:
        return History(self._pattern.layout, self._pattern.root, migrations)

    def _reach(self, migrations: tuple[Migration, ...], root: Template | None, phase: str) -> State:
        history = self._history(migrations)
        return State(history, self.replaying.reach(history, len(migrations), root, phase))
