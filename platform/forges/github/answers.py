"""What GitHub answers, as far as Braid reads it. Whatever a person may delete can be null."""

from typing import Literal

import msgspec


class Permissions(msgspec.Struct):
    push: bool = False


class Repository(msgspec.Struct):
    id: int
    full_name: str
    html_url: str = ""
    default_branch: str = ""
    archived: bool = False
    permissions: Permissions | None = None


class User(msgspec.Struct):
    login: str
    id: int = 0


class Side(msgspec.Struct):
    """`repo` is null where a fork is gone."""

    ref: str
    sha: str
    repo: Repository | None = None


class PullRequest(msgspec.Struct):
    """Lists leave out `maintainer_can_modify`. Before it is merged, `merge_commit_sha` is that of a trial."""

    number: int
    title: str
    state: Literal["open", "closed"]
    html_url: str
    head: Side
    base: Side
    body: str | None = None
    user: User | None = None
    draft: bool = False
    merged_at: str | None = None
    merge_commit_sha: str | None = None
    maintainer_can_modify: bool = False


class Merged(msgspec.Struct):
    sha: str
    merged: bool = True


class Output(msgspec.Struct, frozen=True):
    annotations_count: int = 0


class Maker(msgspec.Struct):
    id: int = 0


class Run(msgspec.Struct):
    """A check run; `external_id` is the key of our report, `app` who made it."""

    id: int
    head_sha: str = ""
    external_id: str | None = None
    app: Maker | None = None
    output: Output = Output()


class Runs(msgspec.Struct):
    check_runs: list[Run]


class Annotation(msgspec.Struct, frozen=True):
    """A remark of a check run; all that makes it the same as another."""

    path: str
    start_line: int
    end_line: int
    annotation_level: str | None = None
    title: str | None = None
    message: str | None = None
