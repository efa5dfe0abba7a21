"""What Bitbucket answers, as far as Braid reads it. Whatever a person may delete can be null."""

from typing import Generic, Literal, TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    values: list[T]
    next: str = ""


class Link(msgspec.Struct):
    href: str


class Links(msgspec.Struct):
    html: Link


class Named(msgspec.Struct):
    name: str


class Commit(msgspec.Struct):
    hash: str


class Branch(msgspec.Struct):
    name: str
    target: Commit


class Repository(msgspec.Struct):
    uuid: str
    full_name: str
    links: Links | None = None
    mainbranch: Named | None = None


class Side(msgspec.Struct):
    """One side of a pull request; its hash has twelve characters."""

    branch: Named
    commit: Commit | None = None
    repository: Repository | None = None


class Author(msgspec.Struct):
    display_name: str = ""
    nickname: str = ""
    uuid: str = ""


class PullRequest(msgspec.Struct):
    id: int
    title: str
    state: Literal["OPEN", "QUEUED", "MERGED", "DECLINED", "SUPERSEDED"]
    source: Side
    destination: Side
    links: Links
    description: str | None = None
    author: Author | None = None
    draft: bool = False
    merge_commit: Commit | None = None


class Content(msgspec.Struct):
    raw: str = ""


class Comment(msgspec.Struct):
    id: int
    deleted: bool = False
    content: Content | None = None
    user: Author | None = None


class Permission(msgspec.Struct):
    permission: str
