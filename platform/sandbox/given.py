"""A Postgres server that was given to us (SANDBOX_URLS) instead of ones that we start and throw away.

Several projects share it, each with roles and databases of its own. What one does
to the server itself (memory, disk, locks, a session that cannot be ended) the
others feel: right for a team that owns its whole installation, not for strangers.
"""

import contextlib
import secrets
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sandbox.binaries import Installation
from sandbox.databases import Databases, Names
from sandbox.errors import NoInstallation, ServerDown
from sandbox.host import MEGABYTE, Host
from sandbox.seeds import prepare_empty, verifier
from sandbox.settings import SandboxSettings

OPTIONS = "-c search_path=pg_catalog -c statement_timeout=120s"
SLOTS = 64
SCHEMA = "braid_sandbox"


class GivenServer(Host):
    """One project's part of a given server, held by an advisory lock while this process uses it."""

    def __init__(self, url: str, owner: str, installation: Installation, settings: SandboxSettings) -> None:
        self._url = url
        admin = connect(url)
        key = _take_slot(admin, owner)
        super().__init__(key, owner, installation, settings)
        self._passwords = {role: secrets.token_hex(16) for role in (f"braid_{key}", f"braid_{key}_reader")}
        self._closed = False
        names = Names(
            team=f"braid_{key}",
            reader=f"braid_{key}_reader",
            empty=f"braid_{key}_empty",
            prefix=f"braid_{key}_",
            table=f"{SCHEMA}.template_{key}",
        )
        self.databases = Databases(admin, names, settings.templates)
        self._prepare()

    @property
    def is_alive(self) -> bool:
        return not self._closed and not self.databases.admin.closed

    def conninfo(self, database: str, role: str) -> str:
        return make_conninfo(self._url, dbname=database, user=role, password=self._passwords[role])

    def _prepare(self) -> None:
        admin, names = self.databases.admin, self.databases.names
        for role, password in self._passwords.items():
            _make_role(admin, role, password)
        admin.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(SCHEMA)))
        admin.execute(
            sql.SQL(
                "create table if not exists {} (name name primary key, prefix text not null, "
                "lineage oid[] not null, session text not null, used_at timestamptz not null default now())"
            ).format(sql.SQL(names.table))
        )
        self.databases.load()
        if not _exists(admin, names.empty):
            self._make_empty()

    def _make_empty(self) -> None:
        """The database that others are cloned from. It gets its name when it is complete."""
        admin, names = self.databases.admin, self.databases.names
        making = f"{names.prefix}w_making"
        self.databases.drop(making)
        admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(making)))
        with connect(make_conninfo(self._url, dbname=making)) as inside:
            prepare_empty(inside, names.team)
        admin.execute(
            sql.SQL(
                "alter database {0} rename to {1}; revoke all on database {1} from public;"
                "grant connect on database {1} to {2}"
            ).format(*map(sql.Identifier, (making, names.empty, names.reader)))
        )

    def reset_team(self) -> None:
        password = self._passwords[self.databases.names.team]
        self.databases.reset_team(verifier(password), self.settings.connections)

    def is_full(self) -> bool:
        return self._used() > self.settings.disk_mb * MEGABYTE

    def is_crowded(self) -> bool:
        return self._used() > self.settings.disk_mb * MEGABYTE // 2

    def _used(self) -> int:
        query = "select coalesce(sum(pg_database_size(oid)), 0)::bigint from pg_database where starts_with(datname, %s)"
        row = self.databases.admin.execute(query, (self.databases.names.prefix,)).fetchone()
        return int(row[0]) if row else 0

    def kill(self) -> None:
        """A given server is not ours to kill: end what can be ended, and use it no more."""
        self.stop_runner()
        self.end_sessions()
        self._closed = True

    def park(self) -> None:
        with contextlib.suppress(psycopg.Error):
            self.databases.put_away()
            self.databases.admin.close()
        self.stop_runner()
        self._closed = True

    def throw_away(self) -> None:
        """Drop every database of this project's part; what cannot be dropped is tried again at the next start."""
        self.stop_runner()
        self._closed = True
        with contextlib.suppress(psycopg.Error), connect(self._url) as admin:
            names = self.databases.names
            rows = admin.execute(
                "select datname from pg_database where starts_with(datname, %s)", (names.prefix,)
            )
            for (name,) in rows.fetchall():
                admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            admin.execute(sql.SQL("drop table if exists {}").format(sql.SQL(names.table)))
        self.databases.admin.close()


def connect(url: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(url, autocommit=True, options=OPTIONS, connect_timeout=10)
    except psycopg.Error as error:
        place = conninfo_to_dict(url)
        where = f"{place.get('host', 'localhost')}:{place.get('port', 5432)}"
        raise ServerDown(f"the sandbox server at {where} (SANDBOX_URLS) does not answer: {error}") from error


def installations(urls: tuple[str, ...]) -> Iterator[tuple[str, Installation]]:
    """What answers at each URL; one that does not is left out."""
    for number, url in enumerate(urls):
        with contextlib.suppress(ServerDown), connect(url) as admin:
            version = f"{admin.info.server_version // 10000}.{admin.info.server_version % 10000}"
            names = admin.execute("select name from pg_available_extensions").fetchall()
            yield url, Installation(Path(f"given-{number}"), version, frozenset(n for (n,) in names), "given")


def choose(urls: tuple[str, ...], owner: str, major: int | None) -> tuple[str, Installation]:
    """The given server for a project: of its version; always the same one, so that templates are found again."""
    found = list(installations(urls))
    if not found:
        raise ServerDown(f"none of the {len(urls)} sandbox servers in SANDBOX_URLS answers")
    suiting = [each for each in found if major in (None, each[1].major)]
    if not suiting:
        here = ", ".join(sorted({installation.version for _, installation in found}))
        raise NoInstallation(
            f"Postgres {major} is not among the sandbox servers (SANDBOX_URLS has {here}): "
            "name another version in the project's settings, or add a server"
        )
    return suiting[int(sha256(owner.encode()).hexdigest(), 16) % len(suiting)]


def _take_slot(admin: psycopg.Connection[Any], owner: str) -> str:
    """A name for the project's part that no other process is using."""
    for slot in range(SLOTS):
        key = sha256(f"{owner}\0{slot}".encode()).hexdigest()[:16]
        number = int(key, 16) - 2**63
        row = admin.execute("select pg_try_advisory_lock(%s::bigint)", (number,)).fetchone()
        if row and row[0]:
            return key
    raise ServerDown(f"{SLOTS} jobs of one project are running on one sandbox server; try again later")


def _make_role(admin: psycopg.Connection[Any], role: str, password: str) -> None:
    if not admin.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone():
        admin.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        # Without this an administrator who is no superuser may not make the role an owner.
        admin.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(role)))
    admin.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(role), verifier(password)))


def _exists(admin: psycopg.Connection[Any], name: str) -> bool:
    return admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is not None
