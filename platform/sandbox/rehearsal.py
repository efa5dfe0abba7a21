"""Migrations tried in a transaction that is rolled back: what they lead to, without a database made for it.

One copy of a template serves one try after another, where a clone for each would be made of thousands of
files. Only what does the same within a longer transaction is tried (`schemata.statements.can_be_tried`);
whatever goes another way is `Unrehearsed` and has to be run in a clone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sandbox.bookkeeping import table_for
from sandbox.conversation import Conversation, QueryFailed, Rows
from sandbox.databases import Template
from sandbox.host import Host
from sandbox.jobs import Watch, session_options, set_config
from schemata.catalog import Catalog, Domain, Kind
from schemata.history import History, Migration
from schemata.introspect import Reading, read_since_in
from schemata.introspect.written import WRITTEN, written_to
from schemata.statements import can_be_tried

# Which transaction this is, whether Postgres counts calls, and whether it counted any of a function that is not its
# own: of those that were inlined none is, but they are named or call others.
LOOK = """
    select pg_catalog.pg_current_xact_id()::pg_catalog.text,
           pg_catalog.current_setting('track_functions') operator(pg_catalog.=) 'all',
           exists (select from pg_catalog.pg_stat_xact_user_functions)
"""
# How text is read, and where names without a schema are looked up first.
SPELLING = "standard_conforming_strings"
TEMPORARY = "pg_temp"
DROPS = "DropStmt"


class Unrehearsed(Exception):
    """What these migrations lead to can't be told this way."""


def can_be_rehearsed(migrations: Sequence[Migration], layout: str) -> bool:
    """Whether all of it may be tried; a tool's own table is made outside of migrations."""
    if any(table_for(each, layout) for each in migrations):
        return False
    return can_be_tried(tuple(chain.from_iterable(each.statements for each in migrations)))


def is_ground(catalog: Catalog, session: Mapping[str, str]) -> bool:
    """Whether tries may begin here, with the settings of `session`.

    Event triggers are code that runs whenever anything is changed; a domain's default may count a sequence up.
    """
    if catalog.of_kind(Kind.EVENT_TRIGGER) or SPELLING in session:
        return False
    if any(TEMPORARY in value.lower() for value in session.values()):
        return False
    domains = (each for each in catalog.of_kind(Kind.DOMAIN) if isinstance(each, Domain))
    return not any("nextval(" in each.default for each in domains)


def shows_code(host: Host) -> bool:
    """Whether this server counts calls of functions; a given one may not, and no team's role can make it."""
    return host.databases.admin.execute("show track_functions").fetchone() == ("all",)


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
    # The only catalogs that `done` may have written to, where that is known.
    written: frozenset[str] | None = None
    _database: str = field(init=False, default="")
    _looks: list[Rows] = field(init=False, default_factory=list)
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
        if failed or not self._has_ended():
            self.host.stop_runner()
            if self._database:
                self.host.databases.drop(self._database)
            return
        self.host.databases.return_copy(self.template.name, self._database)

    def _has_ended(self) -> bool:
        """End the session; it may have been ended by a time limit that the team set."""
        try:
            self._conversation.say("rollback")
            self._conversation.flush()
        except QueryFailed:
            return False
        self._conversation.close()
        return True

    def go_to(self, migrations: tuple[Migration, ...]) -> None:
        """Stand where exactly these were done, one after another, on top of the template."""
        if migrations[: len(self.done)] != self.done:
            self._conversation.say("rollback")
            self._begin()
        for migration in migrations[len(self.done) :]:
            for statement in migration.statements:
                if statement.kind == DROPS:
                    # Calls of a function that is gone show no more.
                    self._look()
                self._conversation.say(statement.text)
        self._look()
        catalogs = self._conversation.say(WRITTEN.as_string())
        self._must_be_undisturbed()
        self.written = written_to(catalogs.fetchall())
        self.done = migrations

    def read(self) -> Reading:
        """What stands here, as it would be read of a clone."""
        since = self.host.databases.births[self._database].since
        with self._conversation.pinned() as session:
            found = read_since_in(session, self.before, since, self.written)
        if found is None:
            raise Unrehearsed("what changed can't be followed")
        return found

    def _begin(self) -> None:
        self._conversation.say("begin")
        ((self._transaction, *_),) = self._conversation.say(LOOK).fetchall()
        self.done = ()

    def _look(self) -> None:
        self._looks.append(self._conversation.say(LOOK))

    def _must_be_undisturbed(self) -> None:
        """The transaction is the one that was begun, and no code of the team's was run in it."""
        looks, self._looks = self._looks, []
        for each in looks:
            ((transaction, counts, called),) = each.fetchall()
            if transaction != self._transaction:
                raise Unrehearsed("a statement ended the transaction")
            if called or not counts:
                raise Unrehearsed("a function was called")
