"""The files of one commit, read from the object store: nothing is ever checked out.

`CommitTree` is what layout readers get (`schemata.layouts.Tree`). A hostile tree
is met with caps: nine objects can spell ten million paths, and a pack of half a
megabyte can hold a file of half a gigabyte.
"""

from collections.abc import Iterator
from typing import Any

import pygit2
from pygit2.enums import FileMode

from schemata.layouts import TreeFile

MAX_ENTRIES = 200_000
MAX_DEPTH = 64
MAX_FILE_BYTES = 64 * 1024 * 1024
FILES = frozenset((int(FileMode.BLOB), int(FileMode.BLOB_EXECUTABLE), 0o100664))
LINK, FOLDER = int(FileMode.LINK), int(FileMode.TREE)


class TreeError(Exception):
    """A commit's files can't be read; the message says which and why."""


class CommitTree:
    """The files of one commit; submodules are left out, symbolic links listed as such and never followed."""

    def __init__(self, repository: pygit2.Repository, commit: str) -> None:
        found = repository.get(commit)
        if found is None:
            raise TreeError(f"The repository has no commit {commit}")
        self._repository = repository
        self._root = _tree_of(found)
        self._blobs: dict[str, pygit2.Oid] = {}

    def files(self, under: str = "") -> Iterator[TreeFile]:
        """Every file below the folder `under`, in git's order; raises TreeError beyond MAX_ENTRIES."""
        folder = self._folder(under)
        if folder is None:
            return
        prefix = f"{under.strip('/')}/" if under.strip("/") else ""
        for seen, (path, entry) in enumerate(_walk(folder, prefix)):
            if seen >= MAX_ENTRIES:
                raise TreeError(
                    f"The commit has more than {MAX_ENTRIES:,} files and folders; Braid reads no more"
                )
            mode = entry.filemode
            if mode in FILES:
                self._blobs[path] = entry.id
                yield TreeFile(path, str(entry.id))
            elif mode == LINK:
                yield TreeFile(path, str(entry.id), is_link=True)

    def size(self, path: str) -> int:
        """Bytes of one file, without reading it; raises FileNotFoundError."""
        return int(self._repository.odb.read_header(self._blob(path))[1])

    def read(self, path: str) -> bytes:
        """The bytes of one file; raises FileNotFoundError, or TreeError for one beyond MAX_FILE_BYTES."""
        size = self.size(path)
        if size > MAX_FILE_BYTES:
            raise TreeError(f"{path} has {size:,} bytes; Braid reads files of up to {MAX_FILE_BYTES:,}")
        blob = self._repository[self._blob(path)]
        assert isinstance(blob, pygit2.Blob), "the entry's mode says so"
        return bytes(blob.data)

    def _blob(self, path: str) -> pygit2.Oid:
        """Where a file's content is; those that `files` has passed are known without another walk."""
        known = self._blobs.get(path)
        if known is not None:
            return known
        entry = self._entry(path)
        if entry is None or entry.filemode not in FILES:
            raise FileNotFoundError(path)
        return entry.id

    def _folder(self, path: str) -> pygit2.Tree | None:
        if not path.strip("/"):
            return self._root
        entry = self._entry(path.strip("/"))
        return entry if isinstance(entry, pygit2.Tree) else None

    def _entry(self, path: str) -> pygit2.Object | None:
        try:
            return self._root[path]
        except (KeyError, ValueError):
            return None


def _tree_of(found: pygit2.Object) -> pygit2.Tree:
    """The tree of a commit, or of the commit that a tag names."""
    try:
        return found.peel(pygit2.Tree)
    except (pygit2.GitError, ValueError) as error:
        raise TreeError(f"{found.id} is not a commit") from error


def _walk(tree: pygit2.Tree, prefix: str) -> Iterator[tuple[str, pygit2.Object]]:
    """Every entry, folders included, so that a tree of nothing but folders is counted too.

    A name that is not UTF-8 can't be the name of a migration in any tool's layout, and is passed over.
    """
    open_folders: list[tuple[str, Iterator[Any]]] = [(prefix, iter(tree))]
    while open_folders:
        prefix, entries = open_folders[-1]
        entry = next(entries, None)
        if entry is None:
            open_folders.pop()
            continue
        try:
            path = prefix + entry.raw_name.decode()
        except UnicodeDecodeError:
            continue
        yield path, entry
        if entry.filemode == FOLDER:
            if len(open_folders) > MAX_DEPTH:
                raise TreeError(f"{path} lies more than {MAX_DEPTH} folders deep; Braid reads no deeper")
            open_folders.append((f"{path}/", iter(entry)))
