"""Which files of a tree belong to its history, so that a merge takes them from the proved result and not from git."""

import fnmatch
from collections.abc import Iterator, Sequence

from schemata.history import History
from schemata.landing.files import Landing
from schemata.layouts.trees import Tree

# Layouts whose migrations have a folder each, with whatever else a team keeps in it.
_FOLDERS = frozenset({"prisma", "diesel", "drizzle"})
_BOOKS = {"drizzle": ("meta/_journal.json", "meta/*_snapshot.json")}


def owned_paths(tree: Tree, history: History) -> frozenset[str]:
    """Migrations with all that lies in their folders, the tool's own books, and schema files."""
    named = {path for each in history.migrations for path in (each.path, each.down_path) if path}
    schema = {file.path for file in history.schema_files}
    return frozenset(named | schema | set(_in_folders(tree, history)) | set(_books(tree, history)))


def companions(tree: Tree, theirs: History, landings: Sequence[Landing]) -> dict[str, bytes]:
    """Further files in the folders of landing migrations, under the names that those land with.

    A folder that stayed behind under the old name would be taken for a migration without a script.
    """
    found: dict[str, bytes] = {}
    known = {each.name: each for each in theirs.migrations}
    for landing in landings:
        pattern = known.get(landing.replaces)
        if pattern is None or theirs.layout not in _FOLDERS:
            continue
        folder = pattern.path.rpartition("/")[0]
        if folder.rpartition("/")[2] != pattern.name:
            continue
        for file in tree.files(folder):
            name = file.path.removeprefix(f"{folder}/")
            if (
                file.path in (pattern.path, pattern.down_path)
                or file.is_link
                or _is_book(theirs.layout, name)
            ):
                continue
            home = folder.rpartition("/")[0]
            found["/".join(filter(None, (home, landing.name, name)))] = tree.read(file.path)
    return found


def _is_book(layout: str, name: str) -> bool:
    return layout == "drizzle" and name == "snapshot.json"


def _in_folders(tree: Tree, history: History) -> Iterator[str]:
    if history.layout not in _FOLDERS:
        return
    names = {each.name for each in history.migrations}
    prefix = f"{history.root}/" if history.root else ""
    for file in tree.files(history.root):
        folder, inside, _rest = file.path.removeprefix(prefix).partition("/")
        if inside and folder in names:
            yield file.path


def _books(tree: Tree, history: History) -> Iterator[str]:
    prefix = f"{history.root}/" if history.root else ""
    patterns = [prefix + pattern for pattern in _BOOKS.get(history.layout, ())]
    for file in tree.files(f"{prefix}meta") if patterns else ():
        if any(fnmatch.fnmatchcase(file.path, pattern) for pattern in patterns):
            yield file.path
