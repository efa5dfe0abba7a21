"""The upkeep of repositories, done by beat and never while somebody waits for a push.

Every push leaves one pack. `maintain` folds them once there are many and removes
what pushes left that were killed. Nothing that was ever pushed is thrown away: a
verdict's page shows commits that no branch holds any more.
"""

import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError, TimeoutExpired

from django.conf import settings

from apps.projects.models import Project
from apps.repositories.commands import run_git
from apps.repositories.storage import repository_path

logger = logging.getLogger(__name__)

MANY_PACKS = 24
MANY_LOOSE_REFS = 200
# Longer than any push may take, so that what is older belongs to nobody.
LEFT_BEHIND_S = 6 * 3600
ORPHANS_KEPT_S = 30 * 86_400
ORPHAN = ".orphan"
KEY_DIGITS = 32


def maintain(project: Project) -> bool:
    """Fold packs and refs where there are many, drop leftovers; true when git had something to do."""
    repository = repository_path(project)
    if not (repository / "HEAD").exists():
        return False
    _drop_leftovers(repository, time.time() - LEFT_BEHIND_S)
    try:
        return _fold_packs(repository) | _fold_refs(repository)
    except (CalledProcessError, TimeoutExpired) as error:
        logger.warning("maintenance of %s: %s", repository, getattr(error, "stderr", None) or error)
        return False


def set_aside_orphans() -> int:
    """Repositories of deleted projects get another name, and a month later they go; returns how many went.

    The month is for a database that was restored from before a project was made.
    """
    # Folders first, rows second: a project that is made in between is not an orphan.
    folders = list(Path(settings.REPOSITORIES).glob("??/*.git"))
    alive = {key.hex for key in Project.objects.values_list("key", flat=True)}
    for path in folders:
        if path.stem not in alive and len(path.stem) == KEY_DIGITS:
            aside = path.with_suffix(ORPHAN)
            path.rename(aside)
            os.utime(aside)
    before = time.time() - ORPHANS_KEPT_S
    doomed = [p for p in Path(settings.REPOSITORIES).glob(f"??/*{ORPHAN}") if p.stat().st_mtime < before]
    for path in doomed:
        shutil.rmtree(path, ignore_errors=True)
    return len(doomed)


def _fold_packs(repository: Path) -> bool:
    """A geometric repack touches the small packs only, and keeps objects that nothing refers to."""
    if sum(1 for _ in (repository / "objects" / "pack").glob("*.pack")) < MANY_PACKS:
        return False
    run_git(repository, "repack", "--quiet", "-d", "--geometric=2")
    return True


def _fold_refs(repository: Path) -> bool:
    if sum(1 for path in (repository / "refs").rglob("*") if path.is_file()) < MANY_LOOSE_REFS:
        return False
    run_git(repository, "pack-refs", "--all")
    return True


def _drop_leftovers(repository: Path, before: float) -> None:
    for path in _leftovers(repository / "objects"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _leftovers(objects: Path) -> Iterator[Path]:
    """Quarantines of killed pushes and packs that were never finished."""
    yield from objects.glob("tmp_objdir-*")
    yield from (objects / "pack").glob("tmp_*")
    yield from (objects / "pack").glob(".tmp-*")
