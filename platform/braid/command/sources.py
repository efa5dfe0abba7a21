"""What DIR and --base may be: a folder, or a commit of a repository.

A source is read through `schemata.layouts.Tree`; the commits that git knows also
tell where the two sides parted.
"""

from dataclasses import dataclass
from pathlib import Path

import pygit2

from apps.repositories.trees import CommitTree, TreeError
from braid.command.exits import Stop
from schemata.layouts import FolderTree, Subtree, Tree


@dataclass(frozen=True, slots=True)
class Source:
    """One side of a check: its files, and the commit that they are or stand on, where there is one.

    `folder` is where the files lie in the repository; `is_commit` says that they are the commit's own.
    """

    label: str
    tree: Tree
    repository: pygit2.Repository | None = None
    commit: str = ""
    folder: str = ""
    is_commit: bool = False

    def path_of(self, path: str) -> str:
        """A path in the files, seen from the repository's root."""
        return "/".join(part for part in (self.folder, path) if part)


def source_of(text: str) -> Source:
    """The source that DIR names. Raises Stop."""
    path = Path(text)
    if path.is_dir():
        return _bare_head(text, path) or _of_folder(text, path)
    if path.exists():
        raise Stop(f"{text} is a file; name the folder that holds the migrations")
    found = _of_git_path(text)
    if found:
        return found
    raise Stop(f"{text} does not exist")


def base_of(text: str, head: Source, option: str = "--base") -> Source:
    """The source that `option` names, read in the same folder as `head`. Raises Stop."""
    if Path(text).is_dir():
        return source_of(text)
    if head.repository:
        commit = _commit(head.repository, text)
        if commit:
            return _of_commit(text, head.repository, commit, head.folder)
    found = _of_git_path(text)
    if found:
        return found
    known = "" if head.repository else f", and {head.label} is not in a git repository"
    raise Stop(f"{option} {text} is neither a folder nor a revision{known}")


def fork_of(base: Source, head: Source) -> Source | None:
    """Where the two sides parted, if git knows and it is not the base itself."""
    if not base.repository or not head.repository or not base.commit or not head.commit:
        return None
    if base.repository.path != head.repository.path:
        return None
    fork = head.repository.merge_base(pygit2.Oid(hex=base.commit), pygit2.Oid(hex=head.commit))
    if fork is None or str(fork) == base.commit:
        return None
    return _of_commit(str(fork)[:12], head.repository, str(fork), head.folder)


def _of_folder(text: str, path: Path) -> Source:
    repository = _repository_around(path)
    if repository is None or not repository.workdir:
        return Source(text, FolderTree(path))
    try:
        folder = path.resolve().relative_to(Path(repository.workdir).resolve()).as_posix()
    except ValueError:
        return Source(text, FolderTree(path))
    commit = _commit(repository, "HEAD") or ""
    return Source(text, FolderTree(path), repository, commit, "" if folder == "." else folder)


def _bare_head(text: str, path: Path) -> Source | None:
    """A bare repository is read at its HEAD, for it has no files."""
    repository = _open(path)
    if repository is None or not repository.is_bare:
        return None
    commit = _commit(repository, "HEAD")
    if commit is None:
        raise Stop(f"{text} is a bare repository without a commit at HEAD; name one as {text}:REV")
    return _of_commit(text, repository, commit, "")


def _of_git_path(text: str) -> Source | None:
    """GITDIR:REV[:PATH], where GITDIR is a repository."""
    place, _, rest = text.partition(":")
    if not place or not rest or not Path(place).is_dir():
        return None
    repository = _open(Path(place)) or _repository_around(Path(place))
    if repository is None:
        raise Stop(f"{place} is not a git repository")
    revision, _, folder = rest.partition(":")
    commit = _commit(repository, revision)
    if commit is None:
        raise Stop(f"{place} has no revision {revision}")
    return _of_commit(text, repository, commit, folder.strip("/"))


def commit_of_repository(label: str, path: Path, commit: str, folder: str) -> Source:
    """The source that a commit of the repository at `path` is, seen from `folder` in it. Raises Stop."""
    repository = _open(path)
    if repository is None:
        raise Stop(f"{path} is not a git repository")
    return _of_commit(label, repository, commit, folder)


def _of_commit(label: str, repository: pygit2.Repository, commit: str, folder: str) -> Source:
    try:
        tree: Tree = CommitTree(repository, commit)
    except TreeError as error:
        raise Stop(str(error)) from None
    return Source(label, Subtree(tree, folder) if folder else tree, repository, commit, folder, True)


def _commit(repository: pygit2.Repository, revision: str) -> str | None:
    try:
        return str(repository.revparse_single(revision).peel(pygit2.Commit).id)
    except (KeyError, ValueError, pygit2.GitError):
        return None


def _repository_around(path: Path) -> pygit2.Repository | None:
    try:
        found = pygit2.discover_repository(str(path))
    except (KeyError, pygit2.GitError):
        return None
    return _open(Path(found)) if found else None


def _open(path: Path) -> pygit2.Repository | None:
    try:
        return pygit2.Repository(str(path), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
    except (pygit2.GitError, KeyError):
        return None
