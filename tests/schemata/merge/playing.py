"""Plays meetings on clones of a database and says where the merge is not what was expected."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from schemata.catalog import Catalog
from schemata.history import History, Transaction, migration_of
from schemata.introspect import read_catalog
from schemata.merge import merge
from tests.schemata.merge.footprints import meet
from tests.schemata.merge.meetings import Meeting


@dataclass(frozen=True)
class Played:
    """`problem` is empty where all was as expected; `skipped` is Postgres's word where a script does not run."""

    meeting: Meeting
    problem: str = ""
    skipped: str = ""


class Stage:
    """Clones of the database `base` on one server, one set after another."""

    def __init__(self, admin: psycopg.Connection, base: str) -> None:
        self._admin, self._base = admin, base
        self._known = self._read(base)

    def play(self, meetings: Iterator[Meeting]) -> Iterator[Played]:
        for meeting in meetings:
            try:
                base = (
                    self._clone("braid_meet_base", self._base, meeting.setup)
                    if meeting.setup
                    else self._known
                )
                origin = "braid_meet_base" if meeting.setup else self._base
                sides = [self._clone(f"braid_meet_{side}", origin, getattr(meeting, side)) for side in SIDES]
            except psycopg.Error as error:
                yield Played(meeting, skipped=str(error).split("\n")[0])
                continue
            yield Played(meeting, self._problem(meeting, base, *sides))

    @staticmethod
    def _problem(meeting: Meeting, base: Catalog, ours: Catalog, theirs: Catalog) -> str:
        for one, two, told in ((ours, theirs, "ours, theirs"), (theirs, ours, "theirs, ours")):
            merged = merge(base, one, two)
            found = tuple((each.kind.value, str(each.at), each.attribute) for each in merged.conflicts)
            if found != tuple(meeting.expected):
                return f"{told}: expected {meeting.expected}, got {found}"
        scripts = [[migration_of(side, getattr(meeting, side))] for side in SIDES]
        if meeting.expected and not meet(base, (ours, theirs), scripts):
            return "their footprints do not meet"
        return ""

    def _clone(self, name: str, origin: str, statements: str) -> Catalog:
        self._admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        self._admin.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(origin))
        )
        return self._read(name, statements)

    def _read(self, name: str, statements: str = "") -> Catalog:
        info = self._admin.info.get_parameters() | {"dbname": name, "password": self._admin.info.password}
        with psycopg.connect(**info, autocommit=True) as connection:
            if statements:
                connection.execute(statements.encode())
            return read_catalog(connection)


SIDES = ("ours", "theirs")


def replay(history: History, connection: psycopg.Connection) -> None:
    """Run a history as the team's own tool would, without limits."""
    for migration in history.migrations:
        if migration.transaction == Transaction.NONE:
            for statement in migration.statements:
                connection.execute(statement.text.encode())
            continue
        batches = [batch.text.encode() for batch in migration.batches]
        if migration.transaction == Transaction.TRANSACTION:
            batches = [b"begin", *batches, b"commit"]
        for text in batches:
            connection.execute(text)
