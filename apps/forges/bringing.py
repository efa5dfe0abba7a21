"""Fetching what is new on a forge into refs of Braid's own; whoever pushes what can't be had holds up nobody else.

The repository's own branches come together, what is from forks one by one and last.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from forges import ForgeError, Gone, Refused, Unreachable, Unusable

FETCHED = "refs/forge/"
FETCHED_AT_ONCE = 500
MOST_REFUSED = 20
FORKS_S = 240.0
# What the forge says of one ref alone: git's own errors have no HTTP status.
OF_ONE_REF = 200


class Remote(Protocol):
    """The repository on the forge, as git reaches it."""

    def list_refs(self, prefixes: Collection[str]) -> Mapping[str, str]:
        """Commits by ref, of refs that begin so."""

    def fetch(self, repository: Path, pairs: Collection[tuple[str, str]]) -> Mapping[str, str]:
        """Bring these refs of theirs (first) into refs of ours (second), all or none; commits by our ref."""

    def fork(self, name: str) -> "Remote":
        """Another repository on the same forge, for reading."""


@dataclass
class Fetched:
    """Commits by branch, and what can't be had, by branch with the reason."""

    commits: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def bring(
    remote: Remote,
    folder: Path,
    refs: Mapping[str, str],
    strangers: Collection[str],
    forks: Mapping[str, str],
) -> Fetched:
    """Fetch refs by branch; `strangers` are those from forks, `forks` says of which the fork's own repository has them.

    What has vanished or moved since it was listed is left out. Raises what is not about a ref alone.
    """
    fetched = Fetched()
    for some in _batches([name for name in refs if name not in strangers]):
        _fetch(remote, folder, {name: refs[name] for name in some}, fetched)
    foreign = {name: ref for name, ref in refs.items() if name in strangers}
    _fetch_strangers(remote, folder, foreign, forks, fetched)
    return fetched


def _fetch(remote: Remote, folder: Path, refs: Mapping[str, str], fetched: Fetched) -> None:
    """Fetch refs by branch into what was `fetched`. Whoever pushes what can't be fetched holds up nobody else's.

    What has vanished or moved since it was listed is left out. Raises what is not about a ref alone.
    """
    try:
        found = remote.fetch(folder, [(ref, FETCHED + name) for name, ref in refs.items()])
    except (Gone, Unusable, Refused) as error:
        if not _is_of_one_ref(error) or len(fetched.refused) >= MOST_REFUSED:
            raise
        _fetch_apart(remote, folder, refs, fetched, error)
    else:
        fetched.commits |= {name: found[FETCHED + name] for name in refs}


def _is_of_one_ref(error: ForgeError) -> bool:
    return not isinstance(error, Refused) or isinstance(error, Gone) or error.status == OF_ONE_REF


def _fetch_apart(
    remote: Remote, folder: Path, refs: Mapping[str, str], fetched: Fetched, error: ForgeError
) -> None:
    """Half by half, down to the ref that it is about."""
    names = list(refs)
    if len(names) > 1:
        middle = len(names) // 2
        for some in (names[:middle], names[middle:]):
            _fetch(remote, folder, {name: refs[name] for name in some}, fetched)
    elif isinstance(error, Unusable):
        fetched.refused[names[0]] = str(error)
    # Else it vanished or moved between git's questions where it is and for its commits: the next look is about that.


def _fetch_strangers(
    remote: Remote, folder: Path, refs: Mapping[str, str], forks: Mapping[str, str], fetched: Fetched
) -> None:
    """What comes from forks, one by one: whoever sends much, or what takes long, holds up nobody else's.

    What there is no time for, or no answer, is left for the next look.
    """
    until = time.monotonic() + FORKS_S
    for name, ref in refs.items():
        if time.monotonic() > until:
            return
        if name in forks:
            _fetch_fork(remote.fork(forks[name]), folder, name, ref, fetched)
            continue
        try:
            _fetch(remote, folder, {name: ref}, fetched)
        except Unreachable:
            return


def _fetch_fork(remote: Remote, folder: Path, name: str, ref: str, fetched: Fetched) -> None:
    try:
        found = remote.fetch(folder, [(ref, FETCHED + name)])
    except Unreachable:
        # The next look tries again.
        return
    except ForgeError as error:
        fetched.refused[name] = str(error)
    else:
        fetched.commits[name] = found[FETCHED + name]


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + FETCHED_AT_ONCE] for start in range(0, len(names), FETCHED_AT_ONCE))
