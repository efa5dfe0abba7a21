"""One Postgres server on one data directory, as a direct child of this process.

Used for throw-away sandbox servers and for the app's own embedded database. The
server listens on a Unix socket only, runs as an unprivileged user when we are
root, and stops when this process ends, however it ends.
"""

import contextlib
import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from sandbox import processes
from sandbox.binaries import Installation
from sandbox.errors import SandboxError, ServerDown
from sandbox.folders import fits_socket, is_reachable, own_folder
from sandbox.launch import FOLDER_NAME
from sandbox.processes import Limits

# Above the ranges of people and packages, below systemd's dynamic users: nobody's.
UID = 60600
SUPERUSER = "braid"
START_TIMEOUT_S = 30.0
DYING_S = 3.0
IPC_RMID = 0
LOG_RESERVE = 64 * 1024
# As Postgres writes it with its own log_line_prefix; where memory ran out, texts of queries stand in the log too.
_PANIC = re.compile(r"^\d\S+ \S+ \S+ \[\d+\] (PANIC:  .*)$", re.MULTILINE)


class Cluster:
    """A server on `data`. `settings` go on its command line: the data directory cannot override them."""

    def __init__(
        self,
        installation: Installation,
        data: Path,
        *,
        sockets: Path | None = None,
        settings: Mapping[str, str] | None = None,
        superuser: str = SUPERUSER,
        limits: Limits | None = None,
        reserves_log: bool = False,
    ) -> None:
        self.installation = installation
        self.data = data
        self.reserves_log = reserves_log
        self.superuser = superuser
        self.settings = dict(settings or {})
        self.limits = limits or Limits(uid=UID)
        self.sockets = sockets or socket_folder(data)
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    def url(self, database: str = "postgres", user: str = "", password: str = "") -> str:
        login = quote(user or self.superuser) + (f":{quote(password)}" if password else "")
        return f"postgresql://{login}@/{quote(database)}?host={quote(str(self.sockets), safe='')}"

    def start(self) -> None:
        """Make the data directory when there is none, start the server, wait until it answers."""
        if self.is_running:
            return
        if not (self.data / "PG_VERSION").exists():
            initialize(self.installation, self.data, superuser=self.superuser, uid=self.limits.uid)
        self._prepare_sockets()
        self._forget_dead_server()
        with self.log.open("wb") as log:
            self._reserve(log.fileno())
            self._child = processes.start(self._command(), self.limits, output=log.fileno(), folder=self.data)
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGINT, timeout_s: float = 10.0) -> None:
        """Stop with SIGINT (rolls back, keeps everything) or SIGQUIT (at once, for what is thrown away)."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.poll() is None:
            child.send_signal(how)
        try:
            child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._kill(child)

    def kill(self) -> None:
        """Kill the server and every backend of it, however immortal they have made themselves."""
        child, self._child = self._child, None
        if child is not None:
            self._kill(child)

    def _kill(self, child: "subprocess.Popen[bytes]") -> None:
        segment = shared_memory(self.data)
        backends = children(child.pid)
        child.kill()
        for backend in backends:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(backend, signal.SIGKILL)
        child.wait()
        remove_shared_memory(segment)

    def _reserve(self, log: int) -> None:
        """Blocks for the log of a server whose disk may fill up: its last words are why it went down."""
        if self.reserves_log:
            with contextlib.suppress(OSError):
                os.posix_fallocate(log, 0, LOG_RESERVE)

    def last_words(self) -> str:
        """The end of the server's log, for an error message."""
        with contextlib.suppress(OSError):
            return self.log.read_text(errors="replace").rstrip("\0")[-2000:].strip()
        return ""

    def panic(self) -> str:
        """What brought the server down, in its own words, where it had time for them."""
        found = _PANIC.findall(self.last_words())
        return found[-1] if found else ""

    def _command(self) -> list[str | Path]:
        options = {
            # In the data directory: /dev/shm keeps the segments of servers that were killed.
            "dynamic_shared_memory_type": "mmap",
            **self.settings,
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
        }
        listed = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        # The data may lie below a private home (root's), which the server's user cannot pass: we enter it
        # first, and this name leads back to it without passing the folders above.
        return [
            self.installation.bin / "postgres",
            "-D",
            FOLDER_NAME if self._is_hidden else self.data,
            *listed,
        ]

    @property
    def _is_hidden(self) -> bool:
        return _changes_user(self.limits.uid) and not is_reachable(self.data.parent)

    def _prepare_sockets(self) -> None:
        if not fits_socket(self.sockets):
            raise SandboxError(f"the path {self.sockets} is too long for a Unix socket; use a shorter folder")
        self.sockets.mkdir(parents=True, exist_ok=True)
        _hand_over(self.sockets, self.limits.uid)
        self.sockets.chmod(0o700)

    def _forget_dead_server(self) -> None:
        """Remove the pid file of a server that was killed; a living one is an error that names it."""
        lock = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text().split()[0])
            # That of a process killed a moment ago is on its way out.
            deadline = time.monotonic() + DYING_S
            while _is_postgres(pid, self.data) and time.monotonic() < deadline:
                time.sleep(0.01)
            if _is_postgres(pid, self.data):
                raise ServerDown(f"another Postgres (process {pid}) is running on {self.data}; stop it first")
        lock.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        ready = self.data / "postmaster.pid"
        while time.monotonic() < deadline:
            if not self.is_running:
                break
            # The eighth line of the lock file is the server's own word on its state.
            with contextlib.suppress(OSError):
                lines = ready.read_text().splitlines()
                if len(lines) >= 8 and lines[7].strip() == "ready":
                    return
            time.sleep(0.004)
        words = self.last_words()
        self.kill()
        raise ServerDown(
            f"Postgres {self.installation.version} did not start on {self.data}: {words or 'it said nothing'}"
        )


def socket_folder(data: Path) -> Path:
    """Beside the data directory where the path is short and open enough, else in a folder of ours in /tmp."""
    beside = data.parent / f"{data.name}.sock"
    if fits_socket(beside) and (os.geteuid() != 0 or is_reachable(data.parent)):
        return beside
    parent = own_folder(Path(tempfile.gettempdir()) / f"braid-{os.geteuid()}")
    return parent / sha256(os.fsencode(data)).hexdigest()[:12]


def initialize(
    installation: Installation, data: Path, *, superuser: str = SUPERUSER, uid: int | None = UID
) -> None:
    """Make the data directory `data`; it appears whole or not at all."""
    data.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".initdb-", dir=data.parent) as folder:
        Path(folder).chmod(0o755)
        made = Path(folder) / "made"
        made.mkdir(mode=0o700)
        maker = _initdb_user() if _changes_user(uid) else None
        _hand_over(made, maker)
        _initdb(installation, made / "data", superuser, maker)
        hand_over_all(made / "data", uid)
        (made / "data").rename(data)
    hand_over_all(data, uid)


def _initdb(installation: Installation, data: Path, superuser: str, maker: int | None) -> None:
    options = ["-E", "UTF8", "--auth=trust", "--no-sync", "--no-instructions", "--wal-segsize=4"]
    program = installation.bin / "initdb"
    is_hidden = _changes_user(maker) and not is_reachable(data.parent.parent)
    place = Path(FOLDER_NAME) / data.name if is_hidden else data
    for locale in ("C.UTF-8", "C"):
        command: list[str | Path] = [program, "-D", place, "-U", superuser, *options, f"--locale={locale}"]
        code, printed = processes.run(command, Limits(uid=maker), folder=data.parent)
        if code == 0:
            return
        shutil.rmtree(data, ignore_errors=True)
    raise ServerDown(f"initdb of Postgres {installation.version} failed: {printed.strip()[-1000:]}")


def _initdb_user() -> int:
    """initdb wants a user that has a name, whatever user the server then runs as."""
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return next(user.pw_uid for user in pwd.getpwall() if user.pw_uid)


def _changes_user(uid: int | None) -> bool:
    return os.geteuid() == 0 and uid is not None


def _hand_over(path: Path, uid: int | None) -> None:
    if os.geteuid() == 0 and uid is not None:
        os.chown(path, uid, uid, follow_symlinks=False)


def hand_over_all(folder: Path, uid: int | None) -> None:
    """Give a whole folder to another user; only root can, for others it is theirs already."""
    if not _changes_user(uid):
        return
    for place, _names, files in os.walk(folder):
        _hand_over(Path(place), uid)
        for name in files:
            _hand_over(Path(place) / name, uid)


def children(pid: int) -> list[int]:
    """The processes that `pid` started."""
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def shared_memory(data: Path) -> int | None:
    """The System V segment by which Postgres sees that its data is in use; a killed server leaves it behind."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((data / "postmaster.pid").read_text().splitlines()[6].split()[1])
    return None


def remove_shared_memory(segment: int | None) -> None:
    """Only some thousands exist on a machine, so none may be lost."""
    if segment is not None:
        ctypes.CDLL(None).shmctl(segment, IPC_RMID, None)


def _is_postgres(pid: int, data: Path) -> bool:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return (
            os.path.basename(words[0]) == b"postgres" and Path(f"/proc/{pid}/cwd").resolve() == data.resolve()
        )
    return False


def connect(cluster: Cluster, database: str = "postgres") -> psycopg.Connection:
    """A superuser's connection with the one search path in which nothing can be planted."""
    return psycopg.connect(cluster.url(database), autocommit=True, options="-c search_path=pg_catalog")
