"""One throw-away Postgres server, private to the project whose SQL it runs.

A folder with a lock, the server's data in a size-limited file system where that
can be had, the server itself, the administrator's connection to it, and the
child process that sends statements. Whoever holds the folder's lock owns it.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import time
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import psycopg

from sandbox import tmpfs
from sandbox.binaries import Installation
from sandbox.cluster import Cluster, hand_over_all
from sandbox.databases import Databases, Names
from sandbox.errors import ServerDown
from sandbox.processes import Limits
from sandbox.running import Runner
from sandbox.seeds import ADMIN, EMPTY, MAINTENANCE, READER, TEAM, Seed, verifier
from sandbox.settings import SandboxSettings
from schemata.catalog import Catalog

MEGABYTE = 1024 * 1024
FIRST_UID, UIDS = 60610, 390
CONNECTIONS = 16
CATALOGS = 16
NAMES = Names(team=TEAM, reader=READER, empty=EMPTY)


@dataclass(frozen=True, slots=True)
class Label:
    """What is written beside a server's data, for the process that finds it later."""

    owner: str
    bin: str
    version: str
    mounted: bool


class Server:
    """A running server. `owner` is empty until a project's SQL is first run on it."""

    is_given = False

    def __init__(
        self,
        folder: Path,
        lock: IO[str],
        label: Label,
        installation: Installation,
        seed: Seed,
        settings: SandboxSettings,
    ) -> None:
        self.folder = folder
        self.id = folder.name.removeprefix("s-")
        self.label = label
        self.installation = installation
        self.used_at = time.monotonic()
        self._lock = lock
        self._seed = seed
        self._settings = settings
        self._cluster = self._make_cluster()
        self._runner: Runner | None = None
        self.catalogs: dict[int, Catalog] = {}
        self.databases: Databases = self._start()

    @property
    def owner(self) -> str:
        return self.label.owner

    @property
    def version(self) -> str:
        return self.installation.version

    @property
    def disk_mb(self) -> int:
        return self._settings.disk_mb

    @property
    def data(self) -> Path:
        return self.folder / "mnt" / "data"

    @property
    def is_alive(self) -> bool:
        return self._cluster.is_running and not self.databases.admin.closed

    def _uid(self) -> int:
        return FIRST_UID + zlib.crc32(self.id.encode()) % UIDS

    def _make_cluster(self) -> Cluster:
        return Cluster(
            self.installation,
            self.data,
            settings=server_settings(self.installation.major, self._settings),
            superuser=ADMIN,
            limits=Limits(uid=self._uid(), memory=self._settings.memory_mb * MEGABYTE),
        )

    def _start(self) -> Databases:
        try:
            self._runner = self._make_runner()
            self._cluster.start()
            admin = psycopg.connect(
                self.conninfo(MAINTENANCE, ADMIN),
                autocommit=True,
                options="-c search_path=pg_catalog -c statement_timeout=60s",
            )
            databases = Databases(admin, NAMES, self._settings.templates)
            databases.load()
            return databases
        except psycopg.Error as error:
            words = self._cluster.last_words()
            self.throw_away()
            raise ServerDown(f"a sandbox server did not take connections: {error} {words}".strip()) from error
        except BaseException:
            self.throw_away()
            raise

    def _make_runner(self) -> Runner:
        uid = self._uid() if os.geteuid() == 0 else None
        return Runner(Limits(uid=uid, memory=self._settings.runner_memory_mb * MEGABYTE))

    @property
    def runner(self) -> Runner:
        if self._runner is None or not self._runner.is_alive:
            self._runner = self._make_runner()
        return self._runner

    def conninfo(self, database: str, role: str) -> str:
        return self._cluster.url(database, role, self._seed.passwords[role])

    def claim(self, owner: str) -> None:
        """From now on this server is this project's."""
        self.label = Label(**{**asdict(self.label), "owner": owner})
        self.write_label()

    def write_label(self) -> None:
        (self.folder / "label.json").write_text(json.dumps(asdict(self.label)))

    def reset_team(self) -> None:
        """Undo what the team's role did to itself, so that the next job finds it as the first did."""
        self.databases.reset_team(verifier(self._seed.passwords[TEAM]))

    def is_full(self) -> bool:
        """Whether the disk limit is reached: of the mounted file system, or of the folder measured now."""
        if self.label.mounted:
            state = os.statvfs(self.folder / "mnt")
            return state.f_bavail * state.f_frsize < 8 * MEGABYTE or state.f_favail < 100
        return folder_size(self.data) > self._settings.disk_mb * MEGABYTE

    def end_sessions(self) -> bool:
        """Terminate the team's sessions; False when they are still there after the grace time."""
        query = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = %s"
        deadline = time.monotonic() + self._settings.grace_s
        try:
            while time.monotonic() < deadline:
                row = self.databases.admin.execute(query, (TEAM,)).fetchone()
                if row and row[0] == 0:
                    return True
                time.sleep(0.02)
        except psycopg.Error:
            return False
        return False

    def remember_catalog(self, oid: int, catalog: Catalog) -> None:
        """Keep what was read of a database; of the last ones only, a catalog can be large."""
        self.catalogs[oid] = catalog
        while len(self.catalogs) > CATALOGS:
            del self.catalogs[next(iter(self.catalogs))]

    def stop_runner(self) -> None:
        """End the child that sends statements; the next job gets a new one."""
        if self._runner is not None:
            self._runner.kill()
            self._runner = None

    def kill(self) -> None:
        """Kill every process of the server; its folder goes when it is given back."""
        self.stop_runner()
        self._cluster.kill()

    def park(self) -> None:
        """Stop the server but keep its data: the project's next job starts it again in a moment."""
        with contextlib.suppress(psycopg.Error):
            self.databases.save_order()
            self.databases.admin.close()
        self.stop_runner()
        self._cluster.stop(signal.SIGINT)
        os.utime(self.folder / "label.json")
        self._lock.close()

    def throw_away(self) -> None:
        """Kill everything and remove it, whatever state it is in."""
        if hasattr(self, "databases"):
            self.databases.admin.close()
        self.stop_runner()
        self._cluster.stop(signal.SIGQUIT, timeout_s=0.5)
        shutil.rmtree(self._cluster.sockets, ignore_errors=True)
        remove(self.folder)
        self._lock.close()


def make(root: Path, installation: Installation, seed: Seed, settings: SandboxSettings) -> Server:
    """A new server that belongs to nobody yet."""
    folder = root / f"s-{secrets.token_hex(6)}"
    folder.mkdir(mode=0o711)
    folder.chmod(0o711)
    lock = take_lock(folder)
    assert lock is not None, "nobody else knows this name"
    try:
        inner = folder / "mnt"
        inner.mkdir(mode=0o711)
        mounted = tmpfs.mount(inner, settings.disk_mb)
        inner.chmod(0o711)
        shutil.copytree(seed.data, inner / "data")
        label = Label("", str(installation.bin), installation.version, mounted)
        server_uid = FIRST_UID + zlib.crc32(folder.name.removeprefix("s-").encode()) % UIDS
        hand_over_all(inner / "data", server_uid)
    except OSError as error:
        remove(folder)
        raise ServerDown(f"a sandbox server's folder could not be made: {error}") from error
    return Server(folder, lock, label, installation, seed, settings)


def read_label(folder: Path) -> Label | None:
    """None where the folder is no whole server."""
    try:
        label = Label(**json.loads((folder / "label.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None
    if label.mounted and not os.path.ismount(folder / "mnt"):
        return None
    return label


def take_lock(folder: Path) -> IO[str] | None:
    """The folder's lock, or None where a living process has it."""
    lock = (folder / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def remove(folder: Path) -> None:
    tmpfs.unmount(folder / "mnt")
    shutil.rmtree(folder, ignore_errors=True)


def folder_size(folder: Path) -> int:
    """Bytes on disk below `folder`; files that vanish meanwhile don't count."""
    total = 0
    waiting = [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
    return total


def server_settings(major: int, settings: SandboxSettings) -> dict[str, str]:
    """What a sandbox server is started with: nothing survives it, nothing leaves it, little is logged."""
    chosen = {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": f"{min(256, max(16, settings.disk_mb // 4))}MB",
        "min_wal_size": "8MB",
        "wal_recycle": "off",
        "wal_init_zero": "off",
        "checkpoint_timeout": "1h",
        "max_prepared_transactions": "0",
        "max_worker_processes": "2",
        "max_parallel_workers": "0",
        "max_parallel_maintenance_workers": "0",
        "max_connections": str(CONNECTIONS),
        "max_locks_per_transaction": "1024",
        "shared_buffers": "64MB",
        "temp_file_limit": f"{settings.temp_mb}MB",
        "autovacuum": "off",
        "jit": "off",
        "log_min_messages": "panic",
        "log_min_error_statement": "panic",
        "restart_after_crash": "off",
        "huge_pages": "off",
        "dynamic_shared_memory_type": "mmap",
        "ssl": "off",
    }
    if major >= 18:
        chosen["io_method"] = "sync"
    return chosen
