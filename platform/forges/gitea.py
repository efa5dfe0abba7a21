"""Gitea and Forgejo, by version 1 of their API, with an access token.

Manual: `/api/swagger` of each installation. Needs the scopes `write:repository` and `write:issue`; with
`read:user`, which tells our own name, a comment whose id was lost is found again.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote, unquote

import msgspec

from egress import Egress
from forges.client import Secret
from forges.comments import IssueThread, marker, name_if_told, put
from forges.errors import Elsewhere, Refused, Unreachable
from forges.finding import Asking, repository_of
from forges.http import Api
from forges.paths import segments
from forges.permissions import Access
from forges.permissions import gitea as permissions
from forges.quoting import quoted
from forges.settling import by_rules, settled
from forges.values import Merging, Outcome, Place, Pull, PullState, Report, Repository, Status

# Installations before 1.24 have no field for drafts, only the prefix.
_DRAFT = ("wip:", "[wip]", "draft:", "[draft]")
_BY_NAME = re.compile(r"/repos/.+")
_STATES = {
    Outcome.PENDING: "pending",
    Outcome.SUCCESS: "success",
    Outcome.FAILURE: "failure",
    Outcome.ERROR: "error",
    # There is no such state, and a warning may count as good.
    Outcome.CANCELLED: "error",
}


class _Permissions(msgspec.Struct):
    push: bool = False


class _Repository(msgspec.Struct):
    id: int
    full_name: str
    html_url: str
    default_branch: str = ""
    archived: bool = False
    permissions: _Permissions | None = None


class _User(msgspec.Struct):
    login: str
    id: int = 0


class _Side(msgspec.Struct):
    """`repo` is null where a fork is gone; `ref` is then, and once the branch is deleted, refs/pull/N/head."""

    ref: str
    sha: str = ""
    repo: _Repository | None = None


class _Pull(msgspec.Struct):
    number: int
    title: str
    state: Literal["open", "closed"]
    html_url: str
    base: _Side
    head: _Side
    body: str | None = None
    user: _User | None = None
    draft: bool = False
    merged: bool = False
    merge_commit_sha: str | None = None
    allow_maintainer_edit: bool = False


@dataclass(frozen=True, slots=True)
class Gitea:
    """One repository; `secret` gives the access token."""

    place: Place
    secret: Secret
    egress: Egress

    def repository(self, known: str = "") -> Repository:
        found = self._asking.find(self._path, known)
        return repository_of(self.place, found, may_push=bool(found.permissions and found.permissions.push))

    def access(self) -> Access:
        found = self.repository()
        here = replace(self, place=replace(self.place, name=found.name))
        return permissions.of_token(self._api, here._path, found, self.credentials())

    def pull(self, number: int) -> Pull:
        return self._pull(self._api.get(f"{self._path}/pulls/{number}", _Pull))

    def open_pulls(self) -> tuple[Pull, ...]:
        found = self._api.pages(f"{self._path}/pulls", _Pull, {"state": "open", "limit": 50})
        return tuple(sorted(map(self._pull, found), key=lambda pull: pull.number))

    def set_status(self, status: Status) -> None:
        body = {
            "state": _STATES[status.outcome],
            "context": status.context,
            "description": quoted(status.description),
            "target_url": status.url,
        }
        self._api.tell("POST", f"{self._path}/statuses/{quote(status.sha, safe='')}", body)

    def put_report(self, report: Report, known: str = "") -> str:
        """Gitea has no reports besides statuses and comments."""
        return ""

    def put_comment(self, number: int, body: str, known: str = "", key: str = "") -> str:
        thread = IssueThread(self._api, self._path, number, self._login)
        return put(thread, marker(self.place, number, key=key), body, known)

    def merge(self, number: int, head: str, title: str, message: str, how: Merging) -> str:
        body = {
            "Do": how.value,
            "head_commit_id": head,
            "MergeTitleField": title,
            "MergeMessageField": message,
        }
        unfinished = Unreachable(f"Gitea has not finished merging pull request {number}.")
        try:
            self._api.tell("POST", f"{self._path}/pulls/{number}/merge", body)
        except Refused as error:
            # It has not yet tried whether the branches can be merged.
            is_undecided = error.status == 405 and "try again" in str(error).lower()
            return settled(self.pull(number), head, unfinished if is_undecided else by_rules(error))
        return settled(self.pull(number), head, unfinished)

    def credentials(self) -> tuple[str, str]:
        """Any name does beside a token."""
        return "oauth2", self.secret()

    @property
    def _api(self) -> Api:
        base_url = f"{self.place.base_url.rstrip('/')}/api/v1"
        return Api(self.egress, base_url, "Gitea", lambda: {"Authorization": f"token {self.secret()}"})

    @property
    def _path(self) -> str:
        return f"/repos/{'/'.join(segments(self.place, 2, 2))}"

    @property
    def _asking(self) -> Asking[_Repository]:
        """Where it was renamed or moved, Gitea points to its new name."""
        return Asking(
            read=lambda path: self._api.get(path, _Repository),
            id_of=lambda found: str(found.id),
            numbered=lambda number: f"/repositories/{quote(number, safe='')}",
            pointed=self._pointed,
        )

    def _pointed(self, error: Elsewhere) -> str:
        """Put together anew from the name in it, so that it leads to a repository and nowhere else."""
        path = self._api.path_of(error, _BY_NAME)
        moved = replace(self.place, name=unquote(path.removeprefix("/repos/")))
        return replace(self, place=moved)._path if path else ""

    def _login(self) -> str:
        return name_if_told(lambda: self._api.get("/user", _User).login)

    def _pull(self, found: _Pull) -> Pull:
        head = found.head.repo
        is_fork = head is None or found.base.repo is None or head.id != found.base.repo.id
        return Pull(
            number=found.number,
            title=found.title,
            body=found.body or "",
            state=PullState.MERGED if found.merged else PullState(found.state),
            is_draft=found.draft or found.title.lower().startswith(_DRAFT),
            head_ref=found.head.ref,
            head_sha=found.head.sha,
            head_repository=head.full_name if head else "",
            is_fork=is_fork,
            base_ref=found.base.ref,
            author=found.user.login if found.user else "",
            author_account=str(found.user.id or "") if found.user else "",
            web_url=found.html_url,
            ref=f"refs/pull/{found.number}/head",
            can_edit=found.allow_maintainer_edit and head is not None if is_fork else True,
            merge_commit=found.merge_commit_sha or "" if found.merged else "",
        )
