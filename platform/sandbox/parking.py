"""Server folders on this machine: where they are, which can be taken up again, which must go."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from sandbox import server
from sandbox.folders import own_folder
from sandbox.server import Label
from sandbox.settings import SandboxSettings

MEMORY = Path("/dev/shm")  # noqa: S108
MEGABYTE = 1024 * 1024
MAKING_S = 30.0


def root_folder(settings: SandboxSettings) -> Path:
    """Where servers live: the folder that was set, else memory when there is enough, else the disk."""
    if settings.folder:
        return own_folder(settings.folder, 0o711)
    name = f"braid-sandboxes-{os.geteuid()}"
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        free = shutil.disk_usage(MEMORY).free
        if free > 2 * settings.disk_mb * MEGABYTE or os.geteuid() == 0:
            return own_folder(MEMORY / name, 0o711)
    return own_folder(Path(tempfile.gettempdir()) / name, 0o711)


def take_parked(root: Path, owner: str, binaries: Path) -> tuple[Path, IO[str], Label] | None:
    """A folder of `owner` for this Postgres that no living process has, locked."""
    for folder in _newest_first(root):
        label = server.read_label(folder)
        if label and label.owner == owner and label.bin == str(binaries):
            lock = server.take_lock(folder)
            if lock:
                return folder, lock, label
    return None


def sweep(root: Path, settings: SandboxSettings) -> int:
    """Remove folders that nobody holds and nobody will want: broken, ownerless, too old, too much. How many."""
    removed = 0
    weight = 0
    for folder in _newest_first(root):
        lock = server.take_lock(folder)
        if lock is None:
            continue
        with lock:
            label = server.read_label(folder)
            weight += server.folder_size(folder / "mnt") if label else 0
            if _is_useless(folder, label, weight, settings):
                server.remove(folder)
                removed += 1
    return removed


def _is_useless(folder: Path, label: Label | None, weight: int, settings: SandboxSettings) -> bool:
    if label is None:
        # A moment old, it is being made: its maker may not have locked it yet.
        return time.time() - folder.stat().st_mtime > MAKING_S
    if not label.owner or not Path(label.bin).exists():
        return True
    age = time.time() - (folder / "label.json").stat().st_mtime
    return age > settings.parked_s or weight > settings.parked_mb * MEGABYTE


def _newest_first(root: Path) -> Iterator[Path]:
    dated: list[tuple[float, Path]] = []
    for folder in root.glob("s-*"):
        with suppress(OSError):
            label = folder / "label.json"
            dated.append(((label if label.exists() else folder).stat().st_mtime, folder))
    for _, folder in sorted(dated, reverse=True):
        if folder.exists():
            yield folder
