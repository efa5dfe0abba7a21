"""Merge commits made without a checkout, and branches moved only from where they were known to be.

Files that belong to the schema are not merged by git: whoever lands a merge has proved
what becomes of them and brings them along. Everything else is merged as git does it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from subprocess import CalledProcessError
from typing import TYPE_CHECKING

import pygit2
from django.conf import settings

from apps.repositories.commands import run_git
from apps.repositories.commits import HEADS, branch_head
from apps.repositories.storage import open_repository, repository_path

if TYPE_CHECKING:
    from apps.projects.models import Project

# A commit that a branch is moved to must be on disk before the branch is.
pygit2.option(pygit2.enums.Option.ENABLE_FSYNC_GITDIR, True)

NOTHING = "0" * 40
FILE_MODE = pygit2.enums.FileMode.BLOB


class FilesCollide(Exception):
    """Both sides changed files that are nobody's but theirs; `paths` names them in order."""

    def __init__(self, paths: Collection[str]) -> None:
        self.paths = tuple(sorted(paths))
        super().__init__(", ".join(self.paths))


@dataclass(frozen=True, slots=True)
class Author:
    """Whose work a commit is; both as a person typed them."""

    name: str
    email: str


def merge_trees(
    repository: pygit2.Repository,
    base: str,
    ours: str,
    theirs: str,
    owned: Collection[str],
    written: Mapping[str, bytes | None],
) -> str:
    """The id of the tree that ours' becomes: git's three-way merge of all but `owned`, which stay as ours has them.

    `written` are files to put into it (or with None take out of it) at last. `base`, `ours` and
    `theirs` are commits. Raises FilesCollide.
    """
    target = _index_of(repository, ours)
    # Where all three agree git has nothing to merge, and takes nothing for a file that was renamed.
    sides = [_with_owned(_index_of(repository, side), target, owned) for side in (base, theirs)]
    trees = [side.write_tree(repository) for side in sides]
    merged = repository.merge_trees(trees[0], _tree_of(repository, ours), trees[1])
    if merged.conflicts is not None:
        raise FilesCollide({entry.path for found in merged.conflicts for entry in found if entry})
    for path, content in sorted(written.items()):
        _write(repository, merged, path, content)
    return str(merged.write_tree(repository))


def commit_tree(
    repository: pygit2.Repository,
    tree: str,
    parents: Collection[str],
    message: str,
    author: Author | None,
    at: datetime,
) -> str:
    """A commit that no branch holds yet, by `author` and committed by Braid. The same input gives the same commit."""
    moment = int(at.timestamp())
    braid = pygit2.Signature("Braid", _address(), moment, 0)
    writer = _signature(author, moment) if author else braid
    made = repository.create_commit(None, writer, braid, message, pygit2.Oid(hex=tree), list(parents))
    return str(made)


def replace_files(
    repository: pygit2.Repository,
    commit: str,
    like: str,
    owned: Collection[str],
    written: Mapping[str, bytes],
) -> str:
    """The id of the tree of `like` with the `owned` files of `commit`, and with `written` put into it."""
    made = _with_owned(_index_of(repository, like), _index_of(repository, commit), owned)
    for path, content in sorted(written.items()):
        _write(repository, made, path, content)
    return str(made.write_tree(repository))


def move_branch(project: "Project", name: str, before: str, after: str) -> bool:
    """Compare and swap: move the branch from `before` to `after` (empty: there is none); False where it was elsewhere.

    git's own lock on the ref decides, against pushes and other workers alike (manual: git-update-ref).
    """
    repository = repository_path(project)
    ref = HEADS + name
    try:
        if after:
            run_git(repository, "update-ref", "--no-deref", ref, after, before or NOTHING, timeout_s=60)
        else:
            run_git(repository, "update-ref", "--no-deref", "-d", ref, before, timeout_s=60)
    except CalledProcessError:
        if branch_head(open_repository(project), name) == before:
            raise
        return False
    return True


def is_in_branch(repository: pygit2.Repository, commit: str, name: str) -> bool:
    """Whether the branch stands on `commit` or on something made from it."""
    head = branch_head(repository, name)
    if not head or commit not in repository:
        return False
    return head == commit or bool(repository.descendant_of(head, commit))


def _tree_of(repository: pygit2.Repository, commit: str) -> pygit2.Tree:
    return repository[commit].peel(pygit2.Tree)


def _index_of(repository: pygit2.Repository, commit: str) -> pygit2.Index:
    index = pygit2.Index()
    index.read_tree(_tree_of(repository, commit))
    return index


def _with_owned(side: pygit2.Index, ours: pygit2.Index, owned: Collection[str]) -> pygit2.Index:
    for path in owned:
        if path in side:
            side.remove(path)
        if path in ours:
            _put(side, ours[path])
    return side


def _write(repository: pygit2.Repository, index: pygit2.Index, path: str, content: bytes | None) -> None:
    mode = index[path].mode if path in index else FILE_MODE
    if content is not None:
        _put(index, pygit2.IndexEntry(path, repository.create_blob(content), mode))
    elif path in index:
        index.remove(path)


def _put(index: pygit2.Index, entry: pygit2.IndexEntry) -> None:
    """An index gives up a file in silence where a folder of its name is needed, so that is asked first."""
    parts = str(entry.path).split("/")
    above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
    if any(path in index for path in above):
        raise FilesCollide([path for path in above if path in index])
    index.add(entry)


def _signature(author: Author, moment: int) -> pygit2.Signature:
    name = _clean(author.name) or _clean(author.email) or "Somebody"
    return pygit2.Signature(name, _clean(author.email) or _address(), moment, 0)


def _clean(text: str) -> str:
    """git takes neither angle brackets nor control characters in a name."""
    return "".join(char for char in text if char.isprintable() and char not in "<>").strip(" .,:;\"'\\")


def _address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1] or "braid@localhost"
