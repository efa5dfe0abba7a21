"""Folders that nobody else can have planted or can change, and who can reach them.

Servers refuse to run as root, so what they read must be reachable for another
user; and what lies in a shared folder such as /tmp must be proved to be ours.
"""

import os
import stat
import tempfile
from pathlib import Path

from sandbox.errors import UnsafeFolder

SOCKET_PATH_LIMIT = 107


def own_folder(path: Path, mode: int = 0o755) -> Path:
    """Make `path`; raises `UnsafeFolder` unless it is a real folder of ours, which gets `mode`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=mode, exist_ok=True)
    seen = os.lstat(path)
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid():
        raise UnsafeFolder(
            f"{path} is not a folder of this user; remove it, or name another with SANDBOX_HOME"
        )
    if stat.S_IMODE(seen.st_mode) != mode:
        path.chmod(mode)
    return path


def is_reachable(path: Path) -> bool:
    """Whether any user of the machine may pass through every parent of `path`."""
    parents = [path.resolve(), *path.resolve().parents]
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in parents if parent.exists())


def default_home() -> Path:
    """Where private copies of Postgres are kept: SANDBOX_HOME, the user's cache, or a folder in /tmp."""
    named = os.environ.get("SANDBOX_HOME")
    if named:
        return own_folder(Path(named))
    for candidate in _home_candidates():
        try:
            candidate.parent.mkdir(parents=True, exist_ok=True)
            if os.geteuid() != 0 or is_reachable(candidate.parent):
                return own_folder(candidate)
        except (OSError, UnsafeFolder):
            continue
    raise UnsafeFolder("no folder for Postgres binaries could be made; name one with SANDBOX_HOME")


def _home_candidates() -> list[Path]:
    temporary = Path(tempfile.gettempdir()) / f"braid-{os.geteuid()}"
    if os.geteuid() == 0:
        return [Path("/var/cache/braid"), temporary]
    cache = os.environ.get("XDG_CACHE_HOME")
    home = Path(cache) if cache else Path.home() / ".cache"
    return [home / "braid", temporary]


def fits_socket(folder: Path, port: int = 5432) -> bool:
    """Whether a Unix socket in `folder` stays below the kernel's limit for its path."""
    return len(os.fsencode(folder / f".s.PGSQL.{port}")) <= SOCKET_PATH_LIMIT
