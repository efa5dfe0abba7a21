"""A session of the team's role that is asked one thing after another, through the child that sends statements.

Catalog queries can be read in it too (`schemata.introspect.asking.Session`), so that what a transaction
did can be seen before it ends. The rows come as text and are turned into values here.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import ClientCursor, pq
from psycopg.adapt import Transformer
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from sandbox.host import MEGABYTE, Host
from sandbox.jobs import Session, Watch
from schemata.introspect.asking import Query
from schemata.introspect.session import PIN

READING = "braid_reading"


class QueryFailed(Exception):
    """What Postgres said of a query."""


@dataclass
class Conversation:
    """Open until `close`, or until the child that holds it is stopped.

    Raises QueryFailed for the first of several queries that failed, and what `jobs.perform` raises.
    """

    host: Host
    watch: Watch
    _waiting: list[str] = field(default_factory=list)
    _answers: list["Rows"] = field(default_factory=list)

    def open(self, database: str, options: str, setup: Sequence[str]) -> None:
        conninfo = self.host.conninfo(database, self.host.databases.names.team)
        conninfo = make_conninfo(conninfo, options=options, connect_timeout=10)
        self._job({"converse": True, "conninfo": conninfo, "setup": list(setup)})

    def close(self) -> None:
        self._waiting, self._answers = [], []
        self._job({"queries": []})

    def send(self, query: Query, values: Mapping[str, Any] | None = None) -> "Rows":
        """As `say`, of a query whose values are still to be put in."""
        admin = self.host.databases.admin
        return self.say(
            query.as_string(admin) if values is None else ClientCursor(admin).mogrify(query, values)
        )

    def say(self, text: str) -> "Rows":
        """The answer, which comes when anybody looks at it, as do all that were asked for before."""
        self._waiting.append(text)
        self._answers.append(Rows(self))
        return self._answers[-1]

    def flush(self) -> None:
        """Wait for all answers."""
        queries, answers = self._waiting, self._answers
        self._waiting, self._answers = [], []
        if not queries:
            return
        for answer, text in zip(answers, self._job({"queries": queries}), strict=True):
            told = json.loads(text)
            if told["error"]:
                raise QueryFailed(told["error"]["message"])
            answer.take(told)

    def _job(self, job: dict[str, Any]) -> list[str]:
        self.host.runner.send(job)
        session = _Answers(self.host, (), [], self.watch)
        session.follow()
        return session.answers

    @contextmanager
    def pinned(self) -> Iterator["Conversation"]:
        """Within the open transaction, with the settings in which catalogs are read; these end with the block."""
        self.say(f"savepoint {READING}")
        self.say(PIN.decode())
        yield self
        self.say(f"rollback to savepoint {READING}")
        self.say(f"release savepoint {READING}")
        self.flush()


@dataclass
class Rows:
    """The rows of one query, once they are there."""

    conversation: Conversation
    _rows: deque[TupleRow] | None = None

    def take(self, told: Mapping[str, Any]) -> None:
        transformer = Transformer()
        transformer.set_loader_types(told["types"], pq.Format.TEXT)
        self._rows = deque(transformer.load_sequence(list(map(_bytes, row))) for row in told["rows"])

    def fetchall(self) -> list[TupleRow]:
        known = self._known()
        rows = list(known)
        known.clear()
        return rows

    def fetchone(self) -> TupleRow | None:
        rows = self._known()
        return rows.popleft() if rows else None

    def _known(self) -> deque[TupleRow]:
        if self._rows is None:
            self.conversation.flush()
        assert self._rows is not None, "a flush brings all answers or raises"
        return self._rows


def _bytes(cell: str | None) -> bytes | None:
    return None if cell is None else cell.encode("utf-8", "surrogateescape")


class _Answers(Session):
    """Collects the answers of one job as text, and no more of it than a catalog may weigh."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.answers: list[str] = []
        self._parts: list[str] = []
        self._left = self.server.settings.catalog_mb * MEGABYTE

    def _where(self) -> str:
        return "in a rehearsal of both sides"

    def take(self, event: dict[str, Any]) -> bool:
        if event["event"] != "part":
            return super().take(event)
        self._left -= len(event["text"])
        if self._left < 0:
            raise QueryFailed("the answer is longer than may be read")
        self._parts.append(event["text"])
        if event["is_last"]:
            self.answers.append("".join(self._parts))
            self._parts = []
        return False
