"""Migrations tried in a transaction that is rolled back: what they lead to, without a database made for it.

One copy of a template serves one try after another, where a clone for each would be made of thousands of
files. Only what does the same within a longer transaction is tried (`schemata.statements.can_be_tried`);
whatever goes another way is `Unrehearsed` and has to be run in a clone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.bookkeeping import table_for
from sandbox.conversation import Conversation
from sandbox.databases import Template
from sandbox.host import Host
from sandbox.jobs import Watch, session_options, set_config
from schemata.catalog import Catalog, Kind
from schemata.history import History, Migration
from schemata.introspect import Reading, read_since_in
from schemata.statements import can_be_tried

XID = "select pg_catalog.pg_current_xact_id()::pg_catalog.text"


class Unrehearsed(Exception):
    """What these migrations lead to can't be told this way."""


def can_be_rehearsed(migrations: Sequence[Migration], layout: str) -> bool:
    """Whether all of it may be tried; a tool's own table is made outside of migrations."""
    return all(can_be_tried(each.statements) and not table_for(each, layout) for each in migrations)


def is_ground(catalog: Catalog) -> bool:
    """Whether tries may begin here: event triggers are code that runs whenever anything is changed."""
    return not catalog.of_kind(Kind.EVENT_TRIGGER)


@dataclass
class Rehearsal:
    """A session in a copy of `template`, of which `before` was read. `history` says by which rules migrations run.

    Raises Unrehearsed, QueryFailed, and what `jobs.perform` raises; after each of them nothing is left but to close.
    """

    host: Host
    template: Template
    before: Reading
    history: History
    watch: Watch
    done: tuple[Migration, ...] = ()
    _database: str = field(init=False)
    _conversation: Conversation = field(init=False)
    _transaction: str = ""

    def open(self) -> None:
        self._database = self.host.databases.borrow_copy(self.template.name)
        self._conversation = Conversation(self.host, self.watch)
        setup = [set_config(self.host, name, value) for name, value in self.template.session.items()]
        self._conversation.open(self._database, session_options(self.history), setup)
        self._begin()

    def close(self, *, failed: bool = False) -> None:
        """Keep the copy for the next one; one that `failed` goes, whatever is in it."""
        if failed:
            self.host.stop_runner()
            self.host.databases.drop(self._database)
            return
        self._conversation.say("rollback")
        self._conversation.flush()
        self._conversation.close()
        self.host.databases.return_copy(self.template.name, self._database)

    def go_to(self, migrations: tuple[Migration, ...]) -> None:
        """Stand where exactly these were done, one after another, on top of the template."""
        if migrations[: len(self.done)] != self.done:
            self._conversation.say("rollback")
            self._begin()
        for migration in migrations[len(self.done) :]:
            for statement in migration.statements:
                self._conversation.say(statement.text)
        if self._current() != self._transaction:
            raise Unrehearsed("a statement ended the transaction")
        self.done = migrations

    def read(self) -> Reading:
        """What stands here, as it would be read of a clone."""
        since = self.host.databases.births[self._database].since
        with self._conversation.pinned() as session:
            found = read_since_in(session, self.before, since)
        if found is None:
            raise Unrehearsed("what changed can't be followed")
        return found

    def _begin(self) -> None:
        self._conversation.say("begin")
        self._transaction = self._current()
        self.done = ()

    def _current(self) -> str:
        """The transaction that stands, by its id; one that has ended has another."""
        ((transaction,),) = self._conversation.say(XID).fetchall()
        return str(transaction)
