"""Databases on one sandbox server, as its administrator sees them: clone, keep as template, drop.

Every statement here runs in the maintenance database, where no team's SQL ever
does; no function or operator of a team can be reached from it.
"""

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from sandbox import supabase

# Several clones of one template, newer work elsewhere: the oldest used goes first.
SETTLE_S = 5.0
# A copy goes before the last templates do: the one that it was made of, and that of a branch that is merged with it.
WITH_A_COPY = 2


@dataclass(frozen=True, slots=True)
class Template:
    """A database that holds exactly the history `prefix`; nobody works in it any more.

    `lineage` are the oids of the templates it descends from, its own last: two
    databases that share one have comparable identities. `session` are the settings
    that the last session left behind.
    """

    name: str
    prefix: str
    lineage: tuple[int, ...]
    session: dict[str, str]

    @property
    def oid(self) -> int:
        return self.lineage[-1]


@dataclass(frozen=True, slots=True)
class Birth:
    """Of which database one was cloned, by oid, and a transaction id from before anything was done in it."""

    source: int
    since: str


@dataclass(frozen=True, slots=True)
class Names:
    """What roles and databases are called on this server; a given server is shared, so there they are longer."""

    team: str
    reader: str
    empty: str
    # Empty where there is none: a given server's roles are not ours to make.
    supabase: str = ""
    prefix: str = ""
    table: str = "braid.template"


@dataclass(slots=True)
class Databases:
    """The databases of one owner on one server, through its administrator's connection."""

    admin: psycopg.Connection[Any]
    names: Names
    capacity: int
    templates: list[Template] = field(default_factory=list)
    spares: dict[str, list[str]] = field(default_factory=dict)
    births: dict[str, Birth] = field(default_factory=dict)
    # A copy of a template in which nothing lasts that is done: one, of the template that was last used so.
    copies: dict[str, str] = field(default_factory=dict)
    _numbers: Any = field(default_factory=itertools.count)
    _stamp: str = field(default_factory=lambda: f"{time.time_ns():x}")

    def start_of(self, layout: str) -> str:
        """The database that a history of `layout` begins with."""
        return self.names.supabase if layout == supabase.LAYOUT and self.names.supabase else self.names.empty

    def is_start(self, name: str) -> bool:
        """Whether histories begin with this database, so that it must stay."""
        return name in (self.names.empty, self.names.supabase)

    def show_roles(self, layout: str) -> None:
        """From now on the server has the roles that a history of `layout` finds, and no others."""
        if self.names.supabase:
            supabase.show_roles(self.admin, layout == supabase.LAYOUT)

    def clone(self, source: str) -> str:
        """The name of a new database that equals `source`, in which the team may work."""
        return self._open_to_team(self._new(source))

    def borrow_copy(self, source: str) -> str:
        """A database that equals `source`, for work that is taken back; `return_copy` it, or drop it."""
        name = self.copies.pop(source, None)
        self._drop_copies()
        return self._open_to_team(name or self._new(source))

    def return_copy(self, source: str, name: str) -> None:
        self.copies[source] = name

    def _new(self, source: str) -> str:
        """A spare, where there is one, or a clone made now."""
        spares = self.spares.get(source)
        return spares.pop() if spares else self._clone(source)

    def _open_to_team(self, name: str) -> str:
        # Only when it is used: DROP OWNED takes away what a role was granted on any database.
        self.admin.execute(
            sql.SQL(
                "grant connect, temporary, create on database {0} to {1};grant connect on database {0} to {2}"
            ).format(*map(sql.Identifier, (name, self.names.team, self.names.reader)))
        )
        return name

    def make_spare(self, source: str) -> None:
        """Clone ahead of need; the next `clone` of `source` takes it.

        Not where a copy lies: schemas with copies are large, and a spare would only be made to be dropped.
        """
        if not self.copies and not self.spares.get(source):
            self.spares.setdefault(source, []).append(self._clone(source))

    def _clone(self, source: str) -> str:
        name = f"{self.names.prefix}w_{self._stamp}_{next(self._numbers)}"
        database = sql.Identifier(name)
        self.births[name] = self._birth(source)
        self.admin.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                database, sql.Identifier(source)
            )
        )
        self.admin.execute(sql.SQL("revoke all on database {} from public").format(database))
        return name

    def _birth(self, source: str) -> Birth:
        """Every transaction that will work in a clone of `source` made next is newer than this."""
        since = self.admin.execute("select pg_snapshot_xmax(pg_current_snapshot())::xid::text").fetchone()
        assert since is not None, "it is one row"
        return Birth(self.oid(source), since[0])

    def oid(self, name: str) -> int:
        row = self.admin.execute("select oid from pg_database where datname = %s", (name,)).fetchone()
        assert row is not None, f"{name} was made by us"
        return int(row[0])

    def keep(self, name: str, prefix: str, parent: tuple[int, ...], session: dict[str, str]) -> Template:
        """Turn a database whose work is done into a template."""
        self.wait_until_left(name)
        template = Template(
            f"{self.names.prefix}t_{prefix[:24]}_{self._stamp}_{next(self._numbers)}",
            prefix,
            (*parent, self.oid(name)),
            session,
        )
        self.admin.execute(
            sql.SQL("alter database {0} rename to {1}; revoke all on database {1} from {2}").format(
                *map(sql.Identifier, (name, template.name, self.names.team))
            )
        )
        if name in self.births:
            self.births[template.name] = self.births.pop(name)
        self._remember(template)
        return template

    def _remember(self, template: Template) -> None:
        self.admin.execute(
            sql.SQL("insert into {} (name, prefix, lineage, session) values (%s, %s, %s, %s)").format(
                sql.SQL(self.names.table)
            ),
            (template.name, template.prefix, list(template.lineage), json.dumps(template.session)),
        )
        self.templates.append(template)

    def load(self) -> None:
        """Take up what an earlier process left: keep its templates, drop its unfinished work."""
        rows = self.admin.execute(
            sql.SQL("select name, prefix, lineage, session from {} order by used_at").format(
                sql.SQL(self.names.table)
            )
        ).fetchall()
        self.templates = [Template(n, p, tuple(map(int, o)), json.loads(s)) for n, p, o, s in rows]
        known = {template.name for template in self.templates}
        there = self.admin.execute("select datname from pg_database").fetchall()
        for (name,) in there:
            if name.startswith(f"{self.names.prefix}w_") or (
                name.startswith(f"{self.names.prefix}t_") and name not in known
            ):
                self.drop(name)
        self.templates = [each for each in self.templates if (each.name,) in there]

    def touch(self, template: Template) -> None:
        """Note that a template was of use, so that others are evicted first."""
        self.templates.remove(template)
        self.templates.append(template)

    def evict(self, is_crowded: Callable[[], bool]) -> None:
        """Drop the templates that were of use the longest ago, beyond the capacity or while space is short.

        What was made ahead of need goes before them: a clone is sooner made again than a history is run.
        """
        while len(self.templates) > self.capacity:
            self.forget(self.templates[0])
        if any(self.spares.values()) and is_crowded():
            self._drop_spares()
        while self.templates and is_crowded():
            if self.copies and len(self.templates) <= WITH_A_COPY:
                self._drop_copies()
            else:
                self.forget(self.templates[0])

    def forget(self, template: Template) -> None:
        if template.name in self.copies:
            self._drop_copies()
        for spare in self.spares.pop(template.name, []):
            self.drop(spare)
        self.templates.remove(template)
        self.admin.execute(
            sql.SQL("delete from {} where name = %s").format(sql.SQL(self.names.table)), (template.name,)
        )
        self.drop(template.name)

    def put_away(self) -> None:
        """Drop what was made ahead of need, and write down which templates were of use last."""
        self._drop_spares()
        self._drop_copies()
        for template in self.templates:
            self.admin.execute(
                sql.SQL("update {} set used_at = clock_timestamp() where name = %s").format(
                    sql.SQL(self.names.table)
                ),
                (template.name,),
            )

    def _drop_spares(self) -> None:
        for spare in (name for names in self.spares.values() for name in names):
            self.drop(spare)
        self.spares.clear()

    def _drop_copies(self) -> None:
        for copy in self.copies.values():
            self.drop(copy)
        self.copies.clear()

    def drop(self, name: str) -> None:
        self.births.pop(name, None)
        self.admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def wait_until_left(self, name: str) -> None:
        """Wait for the sessions in a database to end; Postgres itself would look again only every 100 ms."""
        deadline = time.monotonic() + SETTLE_S
        while self._has_sessions(name) and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(0.001)

    def _has_sessions(self, name: str) -> bool:
        try:
            query = "select 1 from pg_stat_activity where datname = %s"
            return self.admin.execute(query, (name,)).fetchone() is not None
        except psycopg.errors.OutOfMemory:
            # The session that is ending has taken all locks there are; nobody can ask until it has gone.
            return True

    def reset_team(self, password: str, connections: int) -> None:
        """Undo what the team's role may have done to itself: settings, password."""
        self.admin.execute(
            sql.SQL("alter role {0} reset all; alter role {0} connection limit {1} password {2}").format(
                sql.Identifier(self.names.team), connections, password
            )
        )
