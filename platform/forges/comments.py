"""The one comment on a pull request, found again by a mark in it that is not shown.

Whoever may write there may copy the mark, so only a comment of our own is taken for ours. What a forge
is asked for is its `Thread`; GitHub and Gitea, which has GitHub's addresses, have the same one.

Manuals: https://docs.github.com/en/rest/issues/comments and https://docs.gitea.com/api, group issue.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote

import msgspec

from forges.errors import Gone, Refused
from forges.http import Api
from forges.quoting import shortened
from forges.values import Place

HTML = "<!-- {} -->"
# Characters, as GitHub counts them.
MOST_BODY = 65_536
# Comments of the greatest length must still fit into what is read of one answer.
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Written:
    """A comment that is there; `author` is the forge's name for whoever wrote it, empty where they are gone."""

    id: str
    author: str
    body: str


class Thread(Protocol):
    """The comments on one pull request. Every method may raise ForgeError."""

    @property
    def longest(self) -> int:
        """The most characters of one comment."""

    def ourselves(self) -> str:
        """The author of what we write; empty where the credential does not tell it."""

    def written(self) -> Iterator[Written]:
        """All comments, the oldest first."""

    def make(self, body: str) -> str:
        """A new comment; its id."""

    def edit(self, known: str, body: str) -> str:
        """Another text for a comment; its id. Raises Gone where there is none any more."""


def put(thread: Thread, mark: str, body: str, known: str) -> str:
    """Edit `known`, or the comment of ours that ends with `mark`, or make one; its id. Raises ForgeError."""
    content = shortened(body, thread.longest - len(mark) - 2) + f"\n\n{mark}"
    edited = _edit(thread, known, content) or _edit(thread, _find(thread, mark), content)
    return edited or thread.make(content)


def _edit(thread: Thread, known: str, content: str) -> str:
    """The id; empty where there is no such comment any more, or it is of the account that spoke for us before."""
    try:
        return thread.edit(known, content) if known else ""
    except Gone:
        return ""
    except Refused as error:
        if error.status != HTTPStatus.FORBIDDEN:
            raise
        return ""


def _find(thread: Thread, mark: str) -> str:
    author = thread.ourselves()
    if not author:
        return ""
    ours = (
        each.id for each in thread.written() if each.author == author and each.body.rstrip().endswith(mark)
    )
    return next(ours, "")


def marker(place: Place, number: int, form: str = HTML, key: str = "") -> str:
    """The mark of our comment on a pull request; `form` is how the forge's Markdown says what is not shown.

    `key` tells several apart that write there with one account; with one a repository may have another name later.
    """
    name = f"{key or place.base_url.rstrip('/') + '/' + place.name}#{number}".lower()
    return form.format(f"braid:{hashlib.sha256(name.encode()).hexdigest()[:16]}")


def name_if_told(ask: Callable[[], str]) -> str:
    """Our name by `ask`; empty where the credential may not ask (a wrong one fails at the comment itself)."""
    try:
        return ask()
    except Refused:
        return ""


class _Author(msgspec.Struct):
    login: str


class _Comment(msgspec.Struct):
    id: int
    body: str | None = None
    user: _Author | None = None


@dataclass(frozen=True, slots=True)
class IssueThread:
    """By GitHub's and Gitea's API; `path` is the repository's, `login` gives our own name there."""

    api: Api
    path: str
    number: int
    login: Callable[[], str]
    longest: int = MOST_BODY

    def ourselves(self) -> str:
        return self.login()

    def written(self) -> Iterator[Written]:
        for each in self.api.pages(self._comments, _Comment, {"per_page": PER_PAGE}):
            yield Written(str(each.id), each.user.login if each.user else "", each.body or "")

    def make(self, body: str) -> str:
        return str(self.api.send("POST", self._comments, {"body": body}, _Comment).id)

    def edit(self, known: str, body: str) -> str:
        path = f"{self.path}/issues/comments/{quote(known, safe='')}"
        return str(self.api.send("PATCH", path, {"body": body}, _Comment).id)

    @property
    def _comments(self) -> str:
        return f"{self.path}/issues/{self.number}/comments"
