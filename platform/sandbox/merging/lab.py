"""Databases by the migrations that made them, each cloned from the one that it goes on from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.databases import Template
from sandbox.replaying import Reached, Replaying
from sandbox.replays import ReplayFailure
from schemata.catalog import Catalog
from schemata.history import History, Migration


@dataclass(slots=True)
class State:
    """A database and the migrations that it holds; with a `failure`, what it held until one failed."""

    history: History
    reached: Reached
    parent: "State | None" = field(default=None, repr=False)
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


class Lab:
    """The databases of one merge, on one server."""

    def __init__(self, replaying: Replaying, pattern: History) -> None:
        """`pattern` says under which layout's rules migrations run."""
        self.replaying = replaying
        self._pattern = pattern
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

    def template(self, state: State) -> Template | None:
        """The state's database, set aside for clones to be made of it."""
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

    def _reach(self, migrations: tuple[Migration, ...], root: Template | None, phase: str) -> State:
        history = History(self._pattern.layout, self._pattern.root, migrations)
        return State(history, self.replaying.reach(history, len(migrations), root, phase))
