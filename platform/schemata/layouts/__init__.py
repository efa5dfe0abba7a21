"""Repository files to a history: one reader per migration tool.

`read_project` is the door: it finds the layout of a commit's files, or takes the one that
`braid.toml` names, and reads its migrations in the order and under the transaction rules of the
team's own tool. Each reader's docstring says how that tool runs files, and where that was read.
"""

from dataclasses import replace

from schemata.findings import Finding
from schemata.history import History
from schemata.layouts.finding import READERS, found_in, open_index, several
from schemata.layouts.found import FoundLayout, LayoutError, Limits, error, warning
from schemata.layouts.hidden import hidden_in
from schemata.layouts.index import Index
from schemata.layouts.landed import compare_landed, presumed_fork
from schemata.layouts.source import Source
from schemata.layouts.trees import FolderTree, MemoryTree, Subtree, Tree, TreeFile

__all__ = [
    "FolderTree",
    "FoundLayout",
    "LayoutError",
    "Limits",
    "MemoryTree",
    "Subtree",
    "Tree",
    "TreeFile",
    "compare_landed",
    "find_layouts",
    "presumed_fork",
    "read_history",
    "read_project",
]


def find_layouts(
    tree: Tree, root: str | None = None, *, limits: Limits | None = None
) -> tuple[FoundLayout, ...]:
    """The layouts that a tree may mean, nearest to the top first; one where it is clear.

    `root` narrows the search to a folder, as `braid.toml` may. Raises LayoutError where there is none.
    """
    return found_in(*open_index(tree, root, limits))


def read_history(tree: Tree, found: FoundLayout, *, limits: Limits | None = None) -> History:
    """The migrations of one layout, with what was odd about them as findings."""
    return _read(Index(tree, "", limits), found)


def read_project(tree: Tree, root: str | None = None, *, limits: Limits | None = None) -> History:
    """Find the layout and read it. Raises LayoutError where there is none or more than one."""
    index, settings = open_index(tree, root, limits)
    found = found_in(index, settings)
    if len(found) > 1:
        raise LayoutError(several(found))
    return _read(index, found[0])


def _read(index: Index, found: FoundLayout) -> History:
    source = Source(index, found)
    history: History = READERS[found.layout].read(source)
    history = replace(history, findings=(*history.findings, *hidden_in(index, found)))
    if len(history.migrations) > index.limits.migrations:
        raise LayoutError(_too_many(found, len(history.migrations), index.limits.migrations))
    if not history.migrations and history.is_runnable:
        empty = warning("history.empty", "This layout holds no migration yet.", found.root)
        history = replace(history, findings=(*history.findings, empty))
    return replace(history, postgres=found.postgres)


def _too_many(found: FoundLayout, count: int, limit: int) -> Finding:
    message = f"This layout holds {count:,} migrations; Braid reads up to {limit:,}."
    return error("history.too-long", message, found.root, hint="Squash old migrations.")
