"""Projects, merge requests, statuses and merges on GitLab.

Manual: https://docs.gitlab.com/api, pages projects, merge_requests and commits.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from urllib.parse import quote

import msgspec

from egress import Egress
from forges.client import Secret
from forges.comments import marker, put
from forges.errors import ForgeError, Moved, NotYet, Refused, Unreachable, Unusable
from forges.finding import Asking
from forges.gitlab.notes import Notes
from forges.http import Api, Query
from forges.paths import clone_url, segments
from forges.permissions import Access
from forges.permissions import gitlab as permissions
from forges.quoting import quoted
from forges.settling import settled
from forges.values import Merging, Outcome, Place, Pull, PullState, Report, Repository, Status

DEVELOPER = 30
_BY_NUMBER = re.compile(r"/projects/[0-9]{1,19}")
_STATES = {
    Outcome.PENDING: "pending",
    Outcome.SUCCESS: "success",
    Outcome.FAILURE: "failed",
    # There is no error; the description says whose fault it is.
    Outcome.ERROR: "failed",
    # A skipped one may count as good.
    Outcome.CANCELLED: "canceled",
}
_PULL_STATES = {
    "opened": PullState.OPEN,
    "locked": PullState.OPEN,
    "closed": PullState.CLOSED,
    "merged": PullState.MERGED,
}
# The merge request is being looked at; the same question has another answer in a moment.
_UNDECIDED = ("unchecked", "checking", "preparing", "approvals_syncing")
# Others may meet these yet.
_RULES = (
    "ci_must_pass",
    "ci_still_running",
    "not_approved",
    "requested_changes",
    "discussions_not_resolved",
    "status_checks_must_pass",
    "external_status_checks",
    "security_policy_violations",
    "blocked_status",
    "merge_request_blocked",
)
_REBASING = ("ff", "rebase_merge")


class _Access(msgspec.Struct, frozen=True):
    access_level: int


class _Permissions(msgspec.Struct, frozen=True):
    project_access: _Access | None = None
    group_access: _Access | None = None


class _Project(msgspec.Struct):
    id: int
    path_with_namespace: str
    web_url: str
    default_branch: str | None = None
    archived: bool = False
    merge_method: str = "merge"
    permissions: _Permissions = _Permissions()


class _User(msgspec.Struct):
    username: str
    id: int = 0


class _Request(msgspec.Struct):
    """A merge request; `sha` is null where it has no commits, projects are null where they are gone."""

    iid: int
    title: str
    state: Literal["opened", "locked", "closed", "merged"]
    source_branch: str
    target_branch: str
    web_url: str
    target_project_id: int
    source_project_id: int | None = None
    description: str | None = None
    sha: str | None = None
    author: _User | None = None
    draft: bool = False
    allow_collaboration: bool | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None
    detailed_merge_status: str = ""


@dataclass(frozen=True, slots=True)
class GitLab:
    """One project; `secret` gives the access token."""

    place: Place
    secret: Secret
    egress: Egress

    def repository(self, known: str = "") -> Repository:
        return self._repository(self._asking.find(self._path, known))

    def access(self) -> Access:
        found = self._asking.find(self._path, "")
        path = f"/projects/{found.id}"
        return permissions.of_token(
            self._api, path, self._repository(found), _level(found), self.credentials()
        )

    def _repository(self, found: _Project) -> Repository:
        return Repository(
            id=str(found.id),
            name=found.path_with_namespace,
            default_branch=found.default_branch or "",
            clone_url=clone_url(self.place, found.path_with_namespace),
            web_url=found.web_url,
            can_write=(_level(found) or 0) >= DEVELOPER and not found.archived,
        )

    def pull(self, number: int) -> Pull:
        return self._pull(self._request(number), {})

    def open_pulls(self) -> tuple[Pull, ...]:
        query: Query = {"state": "opened", "scope": "all", "per_page": 100}
        found = self._api.pages(f"{self._path}/merge_requests", _Request, query)
        names: dict[int, str] = {}
        return tuple(sorted((self._pull(each, names) for each in found), key=lambda pull: pull.number))

    def set_status(self, status: Status) -> None:
        """A status that stands already as it should is an error to GitLab; not to us."""
        body = {
            "state": _STATES[status.outcome],
            "name": status.context,
            "description": quoted(status.description, limit=255),
            "target_url": status.url,
        }
        try:
            self._api.tell("POST", f"{self._path}/statuses/{quote(status.sha, safe='')}", body)
        except Refused as error:
            if error.status == HTTPStatus.CONFLICT:
                # Another status of the same commit is being written.
                raise Unreachable(str(error)) from None
            if error.status != 400 or "Cannot transition status" not in str(error):
                raise

    def put_report(self, report: Report, known: str = "") -> str:
        """GitLab has no reports besides statuses and notes."""
        return ""

    def put_comment(self, number: int, body: str, known: str = "", key: str = "") -> str:
        thread = Notes(self._api, f"{self._path}/merge_requests/{number}/notes")
        return put(thread, marker(self.place, number, key=key), body, known)

    def merge(self, number: int, head: str, title: str, message: str, how: Merging) -> str:
        """GitLab rebases only where the project is set to; elsewhere REBASE is Unusable."""
        if how is Merging.REBASE:
            self._check_rebasing()
        kind = "squash_commit_message" if how is Merging.SQUASH else "merge_commit_message"
        body = {"sha": head, "squash": how is Merging.SQUASH, kind: f"{title}\n\n{message}".strip()}
        try:
            self._api.tell("PUT", f"{self._path}/merge_requests/{number}/merge", body)
        except Refused as error:
            found = self._request(number)
            return settled(self._pull(found, {}), head, _refusal(found, error))
        pull = self.pull(number)
        return settled(pull, head, Unreachable(f"GitLab has not finished merging merge request {number}."))

    def credentials(self) -> tuple[str, str]:
        return "oauth2", self.secret()

    @property
    def _api(self) -> Api:
        base_url = f"{self.place.base_url.rstrip('/')}/api/v4"
        return Api(self.egress, base_url, "GitLab", lambda: {"PRIVATE-TOKEN": self.secret()})

    @property
    def _asking(self) -> Asking[_Project]:
        """Where it was renamed or moved, GitLab points to it by its number."""
        return Asking(
            read=lambda path: self._api.get(path, _Project),
            id_of=lambda found: str(found.id),
            numbered=lambda number: f"/projects/{quote(number, safe='')}",
            pointed=lambda error: self._api.path_of(error, _BY_NUMBER),
        )

    @property
    def _path(self) -> str:
        return f"/projects/{'%2F'.join(segments(self.place, 2, 30))}"

    def _request(self, number: int) -> _Request:
        return self._api.get(f"{self._path}/merge_requests/{number}", _Request)

    def _pull(self, found: _Request, names: dict[int, str]) -> Pull:
        """`names` keeps the names of forks that were asked for before."""
        is_fork = found.source_project_id != found.target_project_id
        return Pull(
            number=found.iid,
            title=found.title,
            body=found.description or "",
            state=_PULL_STATES[found.state],
            is_draft=found.draft,
            head_ref=found.source_branch,
            head_sha=found.sha or "",
            head_repository=self._name(found.source_project_id, names) if is_fork else self.place.name,
            is_fork=is_fork,
            base_ref=found.target_branch,
            author=found.author.username if found.author else "",
            author_account=str(found.author.id or "") if found.author else "",
            web_url=found.web_url,
            ref=f"refs/merge-requests/{found.iid}/head",
            can_edit=bool(found.allow_collaboration) if is_fork else True,
            merge_commit=_merge_commit(found),
        )

    def _name(self, project: int | None, names: dict[int, str]) -> str:
        """The full name of a fork; empty where it is gone or hidden from us."""
        if project is None:
            return ""
        if project not in names:
            try:
                names[project] = self._api.get(f"/projects/{project}", _Project).path_with_namespace
            except Refused:
                names[project] = ""
        return names[project]

    def _check_rebasing(self) -> None:
        if self._api.get(self._path, _Project).merge_method not in _REBASING:
            raise Unusable(
                "This project on GitLab merges with merge commits, so a merge request can't be rebased into it. "
                "Choose another way of merging here, or set the project's merge method to fast-forward."
            )


def _level(found: _Project) -> int | None:
    """The token's access level in the project; None where GitLab does not tell."""
    access = (found.permissions.project_access, found.permissions.group_access)
    return max((each.access_level for each in access if each), default=None)


def _merge_commit(found: _Request) -> str:
    """The commit on the target branch; a fast-forward leaves the head itself there."""
    if found.state != "merged":
        return ""
    return found.merge_commit_sha or found.squash_commit_sha or found.sha or ""


def _refusal(found: _Request, error: Refused) -> ForgeError:
    """405, 406 and 422 all stand for `not now`, and the merge request itself knows why; 409 is about the head."""
    if error.status == HTTPStatus.CONFLICT:
        # GitLab compares the branch itself; what the merge request shows may be behind it for a moment.
        return Moved(f"Merge request {found.iid} has moved on; it was not merged.")
    if found.state == "locked" or found.detailed_merge_status in _UNDECIDED:
        return Unreachable(f"GitLab is still looking at merge request {found.iid}.")
    if error.status not in (405, 406, 422):
        return error
    reason = quoted(found.detailed_merge_status.replace("_", " ")) or "it gives no reason"
    kind = NotYet if found.detailed_merge_status in _RULES else Refused
    return kind(
        f"GitLab does not merge this merge request now (HTTP {error.status}): {reason}.", error.status
    )
