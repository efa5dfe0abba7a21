"""The app's own Postgres: people's data and the queue, in `var/postgres`, reached through a Unix socket.

Unlike a sandbox it is made to last: fsync is on, its version stays the one it was made with, it runs under a
user that no sandbox has, and it wants a password, so that not even a program of the same user gets in by chance.
"""

from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from braid.up.instance import Instance
from sandbox.binaries import find
from sandbox.cluster import Cluster
from sandbox.processes import Limits

VERSION = 18
UID = 60610
NAME = ROLE = "braid"
SUPERUSER = "postgres"
SETTINGS = {
    "cluster_name": "braid",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    # The password is 64 random characters: stretching it would only slow down each new connection.
    "scram_iterations": "1",
}
ACCESS = "local all all scram-sha-256\n"


class Database:
    def __init__(self, instance: Instance) -> None:
        data = instance.var / "postgres"
        self._instance = instance
        self._password = instance.secret("database")
        self._cluster = Cluster(
            find(_version(data)), data, settings=SETTINGS, superuser=SUPERUSER, limits=Limits(uid=UID)
        )

    @property
    def url(self) -> str:
        return self._cluster.url(NAME, ROLE, self._password)

    @property
    def is_running(self) -> bool:
        return self._cluster.is_running

    @property
    def pid(self) -> int | None:
        return self._cluster.pid

    def start(self) -> None:
        """Start the server; the first time also make the role and the database."""
        self._cluster.start()
        if self._instance.stamp("database") != str(VERSION):
            self._set_up()
            self._instance.set_stamp("database", str(VERSION))

    def stop(self) -> None:
        self._cluster.stop()

    def last_words(self) -> str:
        return self._cluster.last_words()

    def _set_up(self) -> None:
        """Can be repeated after any interruption; trust ends with the last step."""
        with self._connect("postgres") as connection:
            self._make_role(connection)
            found = connection.execute("select 1 from pg_catalog.pg_database where datname = %s", [NAME])
            if not found.fetchone():
                make = sql.SQL("create database {} owner {}").format(
                    sql.Identifier(NAME), sql.Identifier(ROLE)
                )
                connection.execute(make)
            (self._cluster.data / "pg_hba.conf").write_text(ACCESS)
            connection.execute("select pg_catalog.pg_reload_conf()")

    def _make_role(self, connection: psycopg.Connection[object]) -> None:
        if not connection.execute("select 1 from pg_catalog.pg_roles where rolname = %s", [ROLE]).fetchone():
            connection.execute(sql.SQL("create role {} login").format(sql.Identifier(ROLE)))
        for role in (ROLE, SUPERUSER):
            change = sql.SQL("alter role {} password {}")
            connection.execute(change.format(sql.Identifier(role), sql.Literal(self._password)))

    def _connect(self, database: str) -> psycopg.Connection[object]:
        parameters = make_conninfo(self._cluster.url(database), password=self._password)
        return psycopg.connect(parameters, autocommit=True, options="-c search_path=pg_catalog")


def _version(data: Path) -> int:
    """The version that the data was made with: a new one of Braid must still read it."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return VERSION
