"""Whom catalog queries are sent to: a connection, or somebody who has one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Connection, sql
from psycopg.rows import TupleRow, tuple_row

Query = sql.SQL | sql.Composed


class Answer(Protocol):
    """The rows of one query; asking waits until they are there, and each is given once."""

    def fetchall(self) -> list[TupleRow]: ...

    def fetchone(self) -> TupleRow | None: ...


class Session(Protocol):
    """A transaction in which queries run with the settings of `session.SETTINGS`, and what they read stands still."""

    def send(self, query: Query, values: Mapping[str, Any] | None = None) -> Answer:
        """Ask; the answer may come later. Raises psycopg's errors, here or when the answer is looked at."""
        ...


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection whose transaction is open; its pipeline is better open too."""

    connection: "Connection[Any]"

    def send(self, query: Query, values: Mapping[str, Any] | None = None) -> Answer:
        cursor = self.connection.cursor(row_factory=tuple_row)
        return cursor.execute(query, values, prepare=False)
