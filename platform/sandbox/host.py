"""What a replay needs of the Postgres it runs on, whether it is ours to throw away or was given to us."""

import contextlib
import os
import time
from abc import ABC, abstractmethod

import psycopg

from sandbox.binaries import Installation
from sandbox.databases import Databases
from sandbox.processes import Limits
from sandbox.reading import Read
from sandbox.running import Runner
from sandbox.settings import SandboxSettings
from schemata.catalog import Catalog

MEGABYTE = 1024 * 1024
CATALOGS = 16
# They hold several times what their catalogs do.
READINGS = 6


class Host(ABC):
    """A place for one project's databases, with the child process that sends its statements."""

    databases: Databases

    def __init__(self, name: str, owner: str, installation: Installation, settings: SandboxSettings) -> None:
        self.id = name
        self.owner = owner
        self.installation = installation
        self.settings = settings
        self.used_at = time.monotonic()
        self.catalogs: dict[int, Catalog] = {}
        self.readings: dict[int, Read] = {}
        self._runner: Runner | None = None

    @property
    def version(self) -> str:
        return self.installation.version

    @property
    def disk_mb(self) -> int:
        return self.settings.disk_mb

    @property
    @abstractmethod
    def is_alive(self) -> bool:
        """Whether jobs can be run here."""

    @abstractmethod
    def conninfo(self, database: str, role: str) -> str:
        """How to connect as one of the roles in `databases.names`."""

    @abstractmethod
    def reset_team(self) -> None:
        """Undo what the team's role did to itself, so that the next job finds it as the first did."""

    @abstractmethod
    def is_full(self) -> bool:
        """Whether the disk limit is reached."""

    def panic(self) -> str:
        """What the server said when it went down by itself, or nothing."""
        return ""

    @abstractmethod
    def is_crowded(self) -> bool:
        """Whether templates should go, so that the next job finds enough space."""

    @abstractmethod
    def kill(self) -> None:
        """Stop everything at once; nothing more runs here."""

    @abstractmethod
    def park(self) -> None:
        """Let go of it, but keep what it knows for the project's next job."""

    @abstractmethod
    def throw_away(self) -> None:
        """Remove it and all that is in it."""

    def runner_uid(self) -> int | None:
        """The user that the statement-sending child becomes when we are root."""
        return 65534

    @property
    def runner(self) -> Runner:
        if self._runner is None or not self._runner.is_alive:
            self._runner = self.make_runner()
        return self._runner

    def make_runner(self) -> Runner:
        uid = self.runner_uid() if os.geteuid() == 0 else None
        return Runner(Limits(uid=uid, memory=self.settings.runner_memory_mb * MEGABYTE))

    def stop_runner(self) -> None:
        """End the child that sends statements; the next job gets a new one."""
        if self._runner is not None:
            self._runner.kill()
            self._runner = None

    def remember_catalog(self, oid: int, catalog: Catalog) -> None:
        """Keep what was read of a database; of the last ones that were of use, for a catalog can be large."""
        self.catalogs.pop(oid, None)
        self.catalogs[oid] = catalog
        while len(self.catalogs) > CATALOGS:
            del self.catalogs[next(iter(self.catalogs))]

    def reading_of(self, oid: int) -> Read | None:
        """What readings of clones of a database go on from, where that is kept."""
        found = self.readings.get(oid)
        if found is not None:
            self.remember_reading(oid, found)
        return found

    def remember_reading(self, oid: int, read: Read) -> None:
        self.readings.pop(oid, None)
        if read.reading.stock is not None:
            self.readings[oid] = read
        while len(self.readings) > READINGS:
            del self.readings[next(iter(self.readings))]

    def forget_catalog(self, oid: int) -> None:
        self.catalogs.pop(oid, None)
        self.readings.pop(oid, None)

    def answers(self) -> bool:
        """Whether the server still takes our administrator's queries."""
        with contextlib.suppress(psycopg.Error):
            self.databases.admin.execute("select 1")
            return self.is_alive
        return False

    def end_sessions(self) -> bool:
        """Terminate the team's sessions; False when they are still there after the grace time."""
        query = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = %s"
        deadline = time.monotonic() + self.settings.grace_s
        try:
            while time.monotonic() < deadline:
                row = self.databases.admin.execute(query, (self.databases.names.team,)).fetchone()
                if row and row[0] == 0:
                    return True
                time.sleep(0.02)
        except psycopg.Error:
            return False
        return False
