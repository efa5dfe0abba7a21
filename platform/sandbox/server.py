"""One throw-away Postgres server, private to the project whose SQL it runs.

A folder with a lock, the server's data in a size-limited file system where that
can be had, the server itself, the administrator's connection to it, and the
child process that sends statements. Whoever holds the folder's lock owns it.
"""

import contextlib
import errno
import fcntl
import json
import os
import secrets
import shutil
import signal
import zlib
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

import psycopg

from sandbox import supabase, tmpfs
from sandbox.binaries import Installation
from sandbox.cluster import Cluster, hand_over_all
from sandbox.databases import Databases, Names
from sandbox.errors import ServerDown
from sandbox.host import MEGABYTE, Host
from sandbox.processes import Limits
from sandbox.seeds import ADMIN, EMPTY, MAINTENANCE, READER, TEAM, Seed, verifier
from sandbox.settings import SandboxSettings

FIRST_UID, UIDS = 60620, 380
CONNECTIONS = 16
NO_SPACE = os.strerror(errno.ENOSPC)
NAMES = Names(team=TEAM, reader=READER, empty=EMPTY, supabase=supabase.DATABASE)


@dataclass(frozen=True, slots=True)
class Label:
    """What is written beside a server's data, for the process that finds it later."""

    owner: str
    bin: str
    version: str
    mounted: bool


class Server(Host):
    """A running server of our own. `owner` is empty until a project's SQL is first run on it."""

    def __init__(
        self,
        folder: Path,
        lock: IO[str],
        label: Label,
        installation: Installation,
        seed: Seed,
        settings: SandboxSettings,
    ) -> None:
        super().__init__(folder.name.removeprefix("s-"), label.owner, installation, settings)
        self.folder = folder
        self.label = label
        self._lock = lock
        self._seed = seed
        self._resting: dict[str, int] = {}
        self._cluster = self._make_cluster()
        self.databases = self._start()

    @property
    def data(self) -> Path:
        return self.folder / "mnt" / "data"

    @property
    def is_alive(self) -> bool:
        return self._cluster.is_running and not self.databases.admin.closed

    def runner_uid(self) -> int:
        return uid_of(self.folder)

    def _make_cluster(self) -> Cluster:
        return Cluster(
            self.installation,
            self.data,
            settings=server_settings(self.installation.major, self.settings),
            superuser=ADMIN,
            limits=Limits(uid=uid_of(self.folder), memory=self.settings.memory_mb * MEGABYTE),
            reserves_log=True,
        )

    def _start(self) -> Databases:
        try:
            self._runner = self.make_runner()
            self._cluster.start()
            admin = psycopg.connect(
                self.conninfo(MAINTENANCE, ADMIN),
                autocommit=True,
                options="-c search_path=pg_catalog -c statement_timeout=60s",
            )
            databases = Databases(admin, NAMES, self.settings.templates)
            databases.load()
            # A process that was killed had no time to undo what the team's role did to itself.
            databases.reset_team(verifier(self._seed.passwords[TEAM]), self.settings.connections)
            return databases
        except psycopg.Error as error:
            words = self._cluster.last_words()
            self._remove()
            raise ServerDown(f"a sandbox server did not take connections: {error} {words}".strip()) from error
        except BaseException:
            self._remove()
            raise

    def conninfo(self, database: str, role: str) -> str:
        return self._cluster.url(database, role, self._seed.passwords[role])

    def claim(self, owner: str) -> None:
        """From now on this server is this project's."""
        self.owner = owner
        self.label = replace(self.label, owner=owner)
        (self.folder / "label.json").write_text(json.dumps(asdict(self.label)))

    def reset_team(self) -> None:
        self.databases.reset_team(verifier(self._seed.passwords[TEAM]), self.settings.connections)

    def is_full(self) -> bool:
        """Also afterwards: a server that goes down for want of space gives some of it back."""
        return self._free() < 4 * MEGABYTE or (self.label.mounted and NO_SPACE in self.panic())

    def panic(self) -> str:
        return self._cluster.panic()

    def is_crowded(self) -> bool:
        return self._free() < self.settings.disk_mb * MEGABYTE // 2

    def _free(self) -> int:
        """Bytes that are left: in the mounted file system, or of the limit, by measuring the folder."""
        if not self.label.mounted:
            return self.settings.disk_mb * MEGABYTE - self._measured()
        state = os.statvfs(self.folder / "mnt")
        return state.f_bavail * state.f_frsize if state.f_favail > 100 else 0

    def _measured(self) -> int:
        """Bytes of the data. Templates change no more and are measured once: there may be many of them."""
        templates = {str(template.oid) for template in self.databases.templates}
        self._resting = {name: size for name, size in self._resting.items() if name in templates}
        for name in templates - self._resting.keys():
            self._resting[name] = folder_size(self.data / "base" / name)
        return sum(self._resting.values()) + folder_size(self.data, besides=templates)

    def kill(self) -> None:
        self.stop_runner()
        self._cluster.kill()

    def park(self) -> None:
        with contextlib.suppress(psycopg.Error):
            self.databases.put_away()
            self.databases.admin.close()
        self.stop_runner()
        self._cluster.stop(signal.SIGINT)
        os.utime(self.folder / "label.json")
        self._lock.close()

    def throw_away(self) -> None:
        self.databases.admin.close()
        self._remove()

    def _remove(self) -> None:
        self.stop_runner()
        self._cluster.stop(signal.SIGQUIT, timeout_s=0.5)
        shutil.rmtree(self._cluster.sockets, ignore_errors=True)
        remove(self.folder)
        self._lock.close()


def uid_of(folder: Path) -> int:
    """The user that a server runs as when we are root: another for each, as far as they go."""
    return FIRST_UID + zlib.crc32(folder.name.encode()) % UIDS


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
        mounted = settings.mount and tmpfs.mount(inner, settings.disk_mb)
        inner.chmod(0o711)
        shutil.copytree(seed.data, inner / "data")
        label = Label("", str(installation.bin), installation.version, mounted)
        hand_over_all(inner / "data", uid_of(folder))
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


def folder_size(folder: Path, besides: AbstractSet[str] = frozenset()) -> int:
    """Bytes on disk below `folder`, without folders named `besides`; files that vanish meanwhile don't count."""
    total = 0
    waiting = [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting += [Path(entry.path)] if entry.name not in besides else []
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
        # So that a rehearsal sees whether it ran any code of the team's (sandbox.rehearsal).
        "track_functions": "all",
        "jit": "off",
        "log_min_messages": "panic",
        "log_min_error_statement": "panic",
        "restart_after_crash": "off",
        "huge_pages": "off",
        "ssl": "off",
    }
    if major >= 18:
        chosen["io_method"] = "sync"
    return chosen
