"""The files that layout readers read: of a commit, or of a folder on disk."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One file: `path` is relative with `/`, `size` in bytes, `blob` its content's id where the tree has one.

    A symbolic link is listed, so that readers can say why they pass over it, but never followed.
    """

    path: str
    size: int
    blob: str = ""
    is_link: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


class Tree(Protocol):
    """Where files come from. `files` may be endless: whoever walks it keeps a cap."""

    def files(self, under: str = "") -> Iterator[TreeFile]:
        """Every file below the folder `under`, by path."""

    def read(self, path: str) -> bytes:
        """The bytes of one file; raises FileNotFoundError."""


class FolderTree:
    """The files of a folder on disk; `.git` and symbolic links are not entered."""

    def __init__(self, path: Path | str) -> None:
        self._top = Path(path)

    def files(self, under: str = "") -> Iterator[TreeFile]:
        prefix = under.strip("/")
        open_folders = [(prefix, iter(_entries(self._top / _inside(under))))]
        while open_folders:
            prefix, entries = open_folders[-1]
            entry = next(entries, None)
            if entry is None:
                open_folders.pop()
                continue
            path = f"{prefix}/{entry.name}" if prefix else entry.name
            if entry.is_symlink():
                yield TreeFile(path, 0, is_link=True)
            elif entry.is_file():
                yield TreeFile(path, entry.stat().st_size)
            elif entry.is_dir() and entry.name not in UNREAD_FOLDERS:
                open_folders.append((path, iter(_entries(Path(entry.path)))))

    def read(self, path: str) -> bytes:
        return (self._top / _inside(path)).read_bytes()


class Subtree:
    """One folder of a tree as a tree of its own."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._prefix = folder.strip("/") + "/"

    def files(self, under: str = "") -> Iterator[TreeFile]:
        for file in self._tree.files((self._prefix + under).strip("/")):
            yield replace(file, path=file.path.removeprefix(self._prefix))

    def read(self, path: str) -> bytes:
        return self._tree.read(self._prefix + path)


class MemoryTree:
    """Files that stand in memory, by path."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def files(self, under: str = "") -> Iterator[TreeFile]:
        prefix = f"{under.strip('/')}/".lstrip("/")
        for path in sorted(self._files):
            if path.startswith(prefix):
                yield TreeFile(path, len(self._files[path]))

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise FileNotFoundError(path)
        return self._files[path]


# Never part of a schema, and often larger than all the rest of a working folder.
UNREAD_FOLDERS = frozenset({".git", ".hg", ".svn", "node_modules", ".venv", "__pycache__"})


def _inside(path: str) -> PurePosixPath:
    inside = PurePosixPath(path.strip("/"))
    if ".." in inside.parts:
        raise FileNotFoundError(path)
    return inside


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(filter(_is_named, entries), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []


def _is_named(entry: os.DirEntry[str]) -> bool:
    """Whether the name is UTF-8; no tool's migration has another one."""
    return entry.name.isprintable() or entry.name.encode(errors="ignore").decode() == entry.name
