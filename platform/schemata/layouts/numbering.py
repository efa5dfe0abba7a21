"""File names that begin with a number: how tools find the order of migrations."""

import re

from schemata.layouts.index import Index
from schemata.layouts.trees import TreeFile

NUMBERED = re.compile(r"[0-9]+[^/]*\.sql")
HEAD_BYTES = 64 * 1024
# Each is asked for its first files' marks; no repository of people's has more.
MAX_FOLDERS = 1000


def numbered_folders(index: Index) -> dict[str, tuple[TreeFile, ...]]:
    """The folders that directly hold numbered SQL files, with those files by name."""
    folders: dict[str, list[TreeFile]] = {}
    for file in index.sql():
        folder, _, name = file.path.rpartition("/")
        if NUMBERED.fullmatch(name):
            folders.setdefault(folder, []).append(file)
    nearest = sorted(folders, key=lambda folder: (folder.count("/"), folder))[:MAX_FOLDERS]
    return {folder: tuple(folders[folder]) for folder in sorted(nearest)}


def has_mark(index: Index, files: tuple[TreeFile, ...], mark: re.Pattern[str]) -> bool:
    """Whether one of the first files carries a tool's annotation. A huge file is not read for it."""
    return bool(mark.search(first_text(index, files)))


def first_text(index: Index, files: tuple[TreeFile, ...]) -> str:
    """The beginnings of the first files, to tell what they are written for."""
    readable = [file for file in files if not file.is_link and file.size <= index.limits.migration_bytes]
    small = [file for file in readable if file.size <= HEAD_BYTES * 16][:3]
    return "\n".join(_head(index, file) for file in small or readable[:1])


def _head(index: Index, file: TreeFile) -> str:
    return index.tree.read(file.path)[:HEAD_BYTES].decode(errors="replace")
