"""What pages say about commits: who wrote the head, how far a branch is ahead and behind, what it holds.

Everything is read with pygit2 from the bare repository; nothing is written.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice

import pygit2

HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Person:
    """A name as git carries it: claimed by whoever made the commit, proved by nobody."""

    name: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CommitInfo:
    id: str
    subject: str
    body: str
    author: Person
    committer: Person
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Distance:
    """How many commits a branch has that its base has not (`ahead`), and the other way round."""

    ahead: int
    behind: int


def branch_head(repository: pygit2.Repository, name: str) -> str:
    """The commit that a branch points to, or empty where there is no such branch."""
    reference = repository.references.get(HEADS + name)
    return str(reference.target) if reference else ""


def branch_heads(repository: pygit2.Repository) -> dict[str, str]:
    """Every branch by name, with the commit it points to."""
    refs = repository.references.iterator()
    return {ref.name.removeprefix(HEADS): str(ref.target) for ref in refs if ref.name.startswith(HEADS)}


def find_commit(repository: pygit2.Repository, commit: str) -> CommitInfo | None:
    """One commit by its full id, or None where the repository does not hold it."""
    found = repository.get(commit)
    return _info(found) if isinstance(found, pygit2.Commit) else None


def list_commits(
    repository: pygit2.Repository, head: str, *, without: str = "", limit: int = 50, skip: int = 0
) -> tuple[CommitInfo, ...]:
    """Commits reachable from `head` but not from `without`, newest first, `limit` of them after `skip`."""
    return tuple(_info(commit) for commit in islice(_walk(repository, head, without), skip, skip + limit))


def distance(repository: pygit2.Repository, base: str, head: str) -> Distance | None:
    """Ahead and behind of `head` against `base`; None where either is missing."""
    if base not in repository or head not in repository:
        return None
    ahead, behind = repository.ahead_behind(head, base)
    return Distance(ahead, behind)


def merge_base(repository: pygit2.Repository, one: str, other: str) -> str:
    """The best common ancestor, or empty where the two share no history."""
    if one not in repository or other not in repository:
        return ""
    base = repository.merge_base(one, other)
    return str(base) if base else ""


def _walk(repository: pygit2.Repository, head: str, without: str) -> Iterator[pygit2.Commit]:
    if head not in repository:
        return
    walker = repository.walk(head, pygit2.enums.SortMode.TOPOLOGICAL | pygit2.enums.SortMode.TIME)
    if without and without in repository:
        walker.hide(without)
    yield from walker


def _info(commit: pygit2.Commit) -> CommitInfo:
    subject, _, body = _text(commit.raw_message).strip().partition("\n")
    return CommitInfo(
        id=str(commit.id),
        subject=subject,
        body=body.strip(),
        author=_person(commit.author),
        committer=_person(commit.committer),
        parents=tuple(str(parent) for parent in commit.parent_ids),
    )


def _person(signature: pygit2.Signature) -> Person:
    return Person(_text(signature.raw_name), _text(signature.raw_email), _moment(signature))


def _moment(signature: pygit2.Signature) -> datetime:
    """The moment with the author's own offset; commits with absurd clocks exist and must not break a page."""
    try:
        zone = timezone(timedelta(minutes=signature.offset))
        return datetime.fromtimestamp(signature.time, zone)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _text(raw: bytes) -> str:
    """Commit text need not be UTF-8, and the database takes no NUL."""
    return raw.decode("utf-8", "replace").replace("\0", "")


MAX_WALKED = 500


def last_writers(
    repository: pygit2.Repository, head: str, *, without: str, paths: Collection[str]
) -> dict[str, CommitInfo]:
    """Of each path the newest commit, reachable from `head` but not from `without`, that wrote it.

    Merge commits write nothing themselves. Beyond MAX_WALKED commits a path stays unknown.
    """
    wanted, found = set(paths), dict[str, CommitInfo]()
    for commit in islice(_walk(repository, head, without), MAX_WALKED):
        if not wanted:
            break
        if len(commit.parent_ids) > 1:
            continue
        parents = commit.parents
        for path in sorted(wanted):
            if _entry(commit, path) != (_entry(parents[0], path) if parents else None):
                found[path] = _info(commit)
        wanted -= found.keys()
    return found


def _entry(commit: pygit2.Commit, path: str) -> str | None:
    try:
        return str(commit.tree[path].id)
    except (KeyError, ValueError):
        return None
