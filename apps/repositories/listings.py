"""Folders as git stores them, read once per process.

A push changes a few folders and leaves hundreds as they were, and each is named by
a hash of its content, so what was read for one commit is right for every other.
pygit2's own tree objects cost twice as much for a single reading.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import pygit2

FOLDER, LINK, SUBMODULE = b"40000", b"120000", b"160000"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder; `size` is 0 for all but files."""

    name: str
    mode: bytes
    id: bytes
    size: int

    @property
    def is_folder(self) -> bool:
        return self.mode == FOLDER

    @property
    def is_link(self) -> bool:
        return self.mode == LINK

    @property
    def is_file(self) -> bool:
        return self.mode not in (FOLDER, LINK, SUBMODULE)


class Listings:
    """Remembers folders by their id, the least recently used ones given up beyond `capacity` entries."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._held = 0
        self._known: OrderedDict[bytes, tuple[Entry, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def entries(self, repository: pygit2.Repository, folder: bytes) -> tuple[Entry, ...]:
        """The names in the folder whose tree has this id, in git's order."""
        with self._lock:
            if folder in self._known:
                self._known.move_to_end(folder)
                return self._known[folder]
        found = _parse(repository, folder)
        self._remember(folder, found)
        return found

    def _remember(self, folder: bytes, found: tuple[Entry, ...]) -> None:
        with self._lock:
            if folder in self._known or len(found) > self._capacity // 4:
                return
            self._known[folder] = found
            self._held += len(found)
            while self._held > self._capacity:
                self._held -= len(self._known.popitem(last=False)[1])


def _parse(repository: pygit2.Repository, folder: bytes) -> tuple[Entry, ...]:
    """`<mode> <name> NUL <20 bytes of id>`, again and again (git's manual: gitformat-pack, gitdatamodel).

    A name that is not UTF-8 can't be that of a migration in any tool's layout, and is passed over.
    """
    data = repository.odb.read(pygit2.Oid(raw=folder))[1]
    found: list[Entry] = []
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space)
        mode, raw, blob = data[at:space], data[space + 1 : end], data[end + 1 : end + 21]
        at = end + 21
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            continue
        found.append(Entry(name, mode, blob, _size(repository, mode, blob)))
    return tuple(found)


def _size(repository: pygit2.Repository, mode: bytes, blob: bytes) -> int:
    if mode in (FOLDER, LINK, SUBMODULE):
        return 0
    try:
        return int(repository.odb.read_header(pygit2.Oid(raw=blob))[1])
    except KeyError:
        # A partial clone, which `braid check` may be asked about, lacks files; most are never read.
        return 0
