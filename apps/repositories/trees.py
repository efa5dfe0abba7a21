"""The files of one commit, read from the object store: nothing is ever checked out.

`CommitTree` is what layout readers get (`schemata.layouts.Tree`). A hostile tree
is met with caps: nine objects can spell ten million paths, and a pack of half a
megabyte can hold a file of half a gigabyte.
"""

from collections.abc import Iterator

import pygit2

from apps.repositories.listings import Entry, Listings
from schemata.layouts import TreeFile

MAX_ENTRIES = 200_000
MAX_DEPTH = 64
MAX_FILE_BYTES = 64 * 1024 * 1024

_listings = Listings(capacity=60_000)


class TreeError(Exception):
    """A commit's files can't be read; the message says which and why."""


class CommitTree:
    """The files of one commit. Symbolic links are listed but never followed; submodules are left out."""

    def __init__(self, repository: pygit2.Repository, commit: str) -> None:
        self._repository = repository
        self._root = _tree_of(repository, commit)
        self._files: dict[str, Entry] = {}

    @property
    def id(self) -> str:
        """The hash of the tree: the same for all commits that hold the same files."""
        return self._root.hex()

    def files(self, under: str = "") -> Iterator[TreeFile]:
        """Every file below the folder `under`, in git's order; raises TreeError beyond MAX_ENTRIES."""
        parts = _parts(under)
        folder = self._folder(parts)
        if folder is None:
            return
        prefix = "".join(f"{part}/" for part in parts)
        for seen, (path, entry) in enumerate(self._walk(folder, prefix, 0)):
            if seen >= MAX_ENTRIES:
                raise TreeError(f"The commit has more than {MAX_ENTRIES:,} files and folders")
            if entry.is_file:
                self._files[path] = entry
            if entry.is_file or entry.is_link:
                yield TreeFile(path, entry.size, entry.id.hex(), entry.is_link)

    def read(self, path: str) -> bytes:
        """The bytes of one file; raises FileNotFoundError, or TreeError for one beyond MAX_FILE_BYTES."""
        entry = self._file(path)
        if entry.size > MAX_FILE_BYTES:
            raise TreeError(f"{path} has {entry.size:,} bytes; Braid reads files of up to {MAX_FILE_BYTES:,}")
        try:
            return bytes(self._repository.odb.read(pygit2.Oid(raw=entry.id))[1])
        except KeyError:
            raise TreeError(f"{path} is not in this repository; is it a partial clone?") from None

    def _file(self, path: str) -> Entry:
        """A file's entry; those that `files` has passed are known without another walk."""
        if path not in self._files:
            *folders, name = _parts(path) or [""]
            entry = self._entry(folders, name)
            if entry is None or not entry.is_file:
                raise FileNotFoundError(path)
            self._files[path] = entry
        return self._files[path]

    def _folder(self, parts: list[str]) -> bytes | None:
        folder = self._root
        for part in parts:
            entry = self._named(folder, part)
            if entry is None or not entry.is_folder:
                return None
            folder = entry.id
        return folder

    def _entry(self, folders: list[str], name: str) -> Entry | None:
        folder = self._folder(folders)
        return None if folder is None else self._named(folder, name)

    def _named(self, folder: bytes, name: str) -> Entry | None:
        return next((entry for entry in self._entries(folder) if entry.name == name), None)

    def _entries(self, folder: bytes) -> tuple[Entry, ...]:
        return _listings.entries(self._repository, folder)

    def _walk(self, folder: bytes, prefix: str, depth: int) -> Iterator[tuple[str, Entry]]:
        """Every entry, folders included, so that a tree of nothing but folders is counted too."""
        if depth > MAX_DEPTH:
            raise TreeError(f"{prefix} lies more than {MAX_DEPTH} folders deep; Braid reads no deeper")
        for entry in self._entries(folder):
            path = prefix + entry.name
            yield path, entry
            if entry.is_folder:
                yield from self._walk(entry.id, f"{path}/", depth + 1)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _tree_of(repository: pygit2.Repository, commit: str) -> bytes:
    """The id of the tree of a commit, or of the commit that a tag names."""
    found = repository.get(commit)
    if found is None:
        raise TreeError(f"The repository has no commit {commit}")
    try:
        return bytes(found.peel(pygit2.Tree).id.raw)
    except (pygit2.GitError, ValueError) as error:
        raise TreeError(f"{commit} is not a commit") from error
