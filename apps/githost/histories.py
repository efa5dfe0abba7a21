"""Histories for remarks. The one that a push is compared with is mostly the one of the push before."""

from collections import OrderedDict
from threading import Lock

import pygit2

from apps.projects.models import Project
from apps.repositories.commits import branch_head
from apps.repositories.trees import CommitTree, TreeError
from schemata.history import History
from schemata.layouts import LayoutError, read_project

KEPT = 16
KEPT_CHARACTERS = 16_000_000

Key = tuple[str, str, str]

_kept: OrderedDict[Key, History] = OrderedDict()
_lock = Lock()


def history_of(project: Project, repository: pygit2.Repository, commit: str) -> History:
    """The history of a commit, kept by its tree; raises LayoutError or TreeError."""
    tree = CommitTree(repository, commit)
    key = (project.key.hex, tree.id, project.root)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    history = read_project(tree, project.root or None)
    _keep(key, history)
    return history


def is_filled(project: Project, repository: pygit2.Repository) -> bool:
    """Whether the default branch holds migrations. Until it does, nothing could be merged into it: a first
    push of a README, or of two layouts, must stay mendable by the next push."""
    head = branch_head(repository, project.default_branch)
    try:
        return bool(head) and bool(history_of(project, repository, head).migrations)
    except (LayoutError, TreeError):
        return False


def _keep(key: Key, history: History) -> None:
    with _lock:
        _kept[key] = history
        while _kept and (len(_kept) > KEPT or _weight() > KEPT_CHARACTERS):
            _kept.popitem(last=False)


def _weight() -> int:
    return sum(len(migration.text) for history in _kept.values() for migration in history.migrations)
