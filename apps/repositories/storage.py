"""Where a project's bare repository lies on disk, and how it is made and opened.

The folder is named by the project's key, never by its slug, so a renamed
project moves no files; the first two digits shard it. A repository is made when
it is first needed, in a folder of another name that is then renamed: it is
there whole or not at all. Policy (limits, fsck) is not written into it; see
`apps/githost/policy.gitconfig`.
"""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pygit2
from django.conf import settings

if TYPE_CHECKING:
    from apps.projects.models import Project

# The folder of repositories may belong to another user than the one that runs
# this process (a mounted volume); who may write there is the host's matter.
pygit2.option(pygit2.enums.Option.SET_OWNER_VALIDATION, False)
# git has checked each object's hash as it arrived.
pygit2.option(pygit2.enums.Option.ENABLE_STRICT_HASH_VERIFICATION, False)


def repository_path(project: "Project") -> Path:
    """The folder of the project's bare repository, whether or not it exists yet."""
    key = project.key.hex
    return Path(settings.REPOSITORIES) / key[:2] / f"{key}.git"


def ensure_repository(project: "Project") -> Path:
    """The folder of the project's bare repository, made now if this is its first use."""
    path = repository_path(project)
    if not (path / "HEAD").exists():
        _create(path, project.default_branch)
    return path


def prepare_repository(project: "Project") -> Path:
    """The folder of the project's bare repository with HEAD on the default branch, as clients will see it."""
    path = ensure_repository(project)
    wanted = f"ref: refs/heads/{project.default_branch}\n"
    if (path / "HEAD").read_text() != wanted:
        pygit2.Repository(str(path)).set_head(f"refs/heads/{project.default_branch}")
    return path


def open_repository(project: "Project") -> pygit2.Repository:
    """The project's repository for reading; made now if this is its first use."""
    return pygit2.Repository(str(ensure_repository(project)), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)


def open_quarantine(path: Path, quarantine: str) -> pygit2.Repository:
    """A repository that also sees the objects of a push that is not accepted yet."""
    repository = pygit2.Repository(str(path), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
    if quarantine:
        repository.odb.add_disk_alternate(quarantine)
    return repository


def size_on_disk(folder: Path) -> int:
    """Bytes of all files in a folder; what disappears meanwhile counts for nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += os.stat(os.path.join(parent, name), follow_symlinks=False).st_size
    return total


def delete_repository(project: "Project") -> None:
    """Remove the project's repository from disk; a missing one is no error."""
    path = repository_path(project)
    doomed = path.with_name(f"{path.name}.deleted-{secrets.token_hex(4)}")
    try:
        path.rename(doomed)
    except FileNotFoundError:
        return
    shutil.rmtree(doomed)


def _create(path: Path, default_branch: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new-{secrets.token_hex(4)}")
    try:
        pygit2.init_repository(str(draft), bare=True, initial_head=default_branch)
        _rename_once(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _rename_once(draft: Path, path: Path) -> None:
    """Give the draft its name; where another process was first, theirs stays.

    Renaming onto a folder that is not empty fails, so two repositories never mix.
    """
    try:
        draft.rename(path)
    except OSError:
        if not (path / "HEAD").exists():
            raise
