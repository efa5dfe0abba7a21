"""Histories of commits, read from the object store and kept for the next job.

Most jobs read a base that the last job read too, and a head that shares all but
a few files with it. Entries are keyed by the tree's own hash, so an entry is
never out of date.
"""

from collections import OrderedDict
from threading import Lock

import pygit2

from apps.checks.content.judgements import Side
from apps.checks.content.steps import chain_of
from apps.projects.models import Project
from apps.repositories.storage import open_repository
from apps.repositories.trees import CommitTree, TreeError
from schemata.layouts import LayoutError, read_project

KEPT = 24
KEPT_MIGRATIONS = 30_000

Key = tuple[str, str, str, int | None]

_kept: OrderedDict[Key, Side] = OrderedDict()
_lock = Lock()


class Histories:
    """Reads histories of one project; the parsed ones are shared by all jobs of this process."""

    def __init__(self, project: Project) -> None:
        self.repository = open_repository(project)
        self._project = project

    def read(self, commit: str) -> Side:
        """The history of a commit. Raises LayoutError or TreeError, whose messages are for people."""
        key = (self._project.key.hex, self._tree_id(commit), self._project.root, self._project.postgres)
        with _lock:
            if key in _kept:
                _kept.move_to_end(key)
                return _kept[key]
        history = read_project(CommitTree(self.repository, commit), self._project.root or None)
        side = Side(history, chain_of(history, history.postgres or self._project.postgres))
        _keep(key, side)
        return side

    def _tree_id(self, commit: str) -> str:
        try:
            return str(self.repository[commit].peel(pygit2.Tree).id)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise TreeError(f"The repository has no commit {commit}") from error


def read_if_usable(histories: Histories, commit: str) -> Side | None:
    """A base without a readable layout is its own branch's trouble: the head is judged against nothing."""
    try:
        return histories.read(commit) if commit else None
    except (LayoutError, TreeError):
        return None


def _keep(key: Key, side: Side) -> None:
    """Keep the newest histories, fewer of them where they are long."""
    with _lock:
        _kept[key] = side
        while len(_kept) > KEPT or (len(_kept) > 2 and _weight() > KEPT_MIGRATIONS):
            _kept.popitem(last=False)


def _weight() -> int:
    return sum(len(side.history.migrations) for side in _kept.values())
