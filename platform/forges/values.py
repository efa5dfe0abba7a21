"""Repositories, pull requests, statuses and reports, as all forges have them."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The forges that Braid speaks to; GITEA stands for Forgejo too, BITBUCKET for Bitbucket Cloud."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"
    BITBUCKET = "bitbucket"


@dataclass(frozen=True, slots=True)
class Place:
    """A repository on a forge. `base_url` is the site (`https://github.com`), `name` the full path (`acme/shop`)."""

    kind: Kind
    base_url: str
    name: str


@dataclass(frozen=True, slots=True)
class Repository:
    """What the forge says of a repository. `id` stays when it is renamed; `can_write` is about our token."""

    id: str
    name: str
    default_branch: str
    clone_url: str
    web_url: str
    can_write: bool


class PullState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request (GitLab: merge request) as the forge shows it now.

    `ref` is where git finds its head (`refs/pull/7/head`), empty where the forge has no such ref; `head_ref` and
    `base_ref` are names of branches, `head_repository` the full name of the repository that `head_ref` is in, empty
    where it is gone. `author` is a login and `author_account` the forge's id of it, which stays when it takes another
    name; empty where the forge does not say. `can_edit` says whether we may push to `head_ref`: in a fork only where
    its owner allows it.
    """

    number: int
    title: str
    body: str
    state: PullState
    is_draft: bool
    head_ref: str
    head_sha: str
    head_repository: str
    is_fork: bool
    base_ref: str
    author: str
    web_url: str
    ref: str = ""
    can_edit: bool = False
    merge_commit: str = ""
    author_account: str = ""


class Outcome(StrEnum):
    """PENDING is not finished, FAILURE is about what was pushed, ERROR about Braid or the forge.

    CANCELLED was not finished and never will be. No forge lets a required check pass for it.
    """

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Status:
    """One commit status: `context` names the check, `description` is one line of at most 140 characters."""

    sha: str
    context: str
    outcome: Outcome
    description: str
    url: str


class Level(StrEnum):
    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on lines of a file, counted from 1; `path` is relative to the repository's root."""

    path: str
    line: int
    level: Level
    title: str
    message: str
    end_line: int = 0


@dataclass(frozen=True, slots=True)
class Button:
    """Something that a person may ask for on the check's page; `id` (20 characters) comes back in the delivery."""

    id: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Report:
    """A check with a page of its own, where the forge has such: GitHub's check runs, Bitbucket's insights.

    `summary` is Markdown; forges cut it where it is too long for them. `key` is ours and stays the same for the
    same check of the same commit.
    """

    sha: str
    name: str
    outcome: Outcome
    title: str
    summary: str
    url: str
    key: str
    annotations: tuple[Annotation, ...] = ()
    buttons: tuple[Button, ...] = ()


class Merging(StrEnum):
    """How a forge is asked to merge."""

    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"
