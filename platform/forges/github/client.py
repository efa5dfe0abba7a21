"""Repositories, pull requests, statuses, check runs, comments and merges on GitHub.

Manual: https://docs.github.com/en/rest, pages repos, pulls, commits/statuses, checks and issues/comments.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from egress import Egress
from forges.client import Secret
from forges.comments import IssueThread, marker, name_if_told, put
from forges.errors import ForgeError, Gone, Moved, Refused, Unreachable
from forges.finding import Asking, repository_of
from forges.github import answers
from forges.github.app import InstallationToken, token_calls
from forges.github.calls import HEADERS, Calls, api_url
from forges.github.checks import CheckRun, CheckRuns
from forges.http import Api, Query
from forges.paths import segments
from forges.permissions import Access
from forges.permissions import github as permissions
from forges.quoting import quoted
from forges.settling import by_rules, settled
from forges.values import Merging, Outcome, Place, Pull, PullState, Report, Repository, Status

# Pull requests with the longest texts must still fit into what is read of one answer.
PER_PAGE = 30
MOST_DESCRIPTION = 140
# Statuses know no cancelled, as check runs do.
_STATES = {Outcome.CANCELLED: "error"}
_BY_NUMBER = re.compile(r"/repositories/[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class GitHub:
    """One repository; `secret` is an InstallationToken, or gives a person's token."""

    place: Place
    secret: Secret
    egress: Egress

    def repository(self, known: str = "") -> Repository:
        found = self._asking.find(self._path, known)
        return repository_of(self.place, found, may_push=self._may_push(found))

    def access(self) -> Access:
        if isinstance(self.secret, InstallationToken):
            # A token keeps the permissions of its hour; the next one has what was granted since.
            self.secret.renew()
            return permissions.of_installation(self.secret, self.repository())
        return permissions.of_token(self._api, self.repository(), self.credentials())

    def pull(self, number: int) -> Pull:
        found = self._read(number)
        may_push = not _is_fork(found) and self.repository().can_write
        return pull_of(found, may_push)

    def open_pulls(self) -> tuple[Pull, ...]:
        """GitHub's lists don't say whether a fork lets us edit: `can_edit` is false there, `pull` knows it."""
        query: Query = {"state": "open", "sort": "created", "direction": "asc", "per_page": PER_PAGE}
        found = list(self._api.pages(f"{self._path}/pulls", answers.PullRequest, query))
        may_push = bool(found) and self.repository().can_write
        # An entry may come twice, where one was closed while the pages were read.
        named = {each.number: pull_of(each, may_push) for each in found}
        return tuple(named[number] for number in sorted(named))

    def set_status(self, status: Status) -> None:
        body = {
            "state": _STATES.get(status.outcome, status.outcome.value),
            "context": status.context,
            "description": quoted(status.description, limit=MOST_DESCRIPTION),
            "target_url": status.url,
        }
        self._api.tell("POST", f"{self._path}/statuses/{quote(status.sha, safe='')}", body)

    def put_report(self, report: Report, known: str = "") -> str:
        """A check run; empty with a person's token, as GitHub has them for apps only."""
        return self._runs.put(report, known)

    def check_run(self, identity: str) -> CheckRun:
        """What a check run is about: a delivery only names it. Raises ForgeError."""
        return self._runs.seen(identity)

    def put_comment(self, number: int, body: str, known: str = "", key: str = "") -> str:
        thread = IssueThread(self._api, self._path, number, self._login)
        return put(thread, marker(self.place, number, key=key), body, known)

    def merge(self, number: int, head: str, title: str, message: str, how: Merging) -> str:
        """A rebase keeps the messages of its commits."""
        texts = {} if how is Merging.REBASE else {"commit_title": title, "commit_message": message}
        body = {"sha": head, "merge_method": how.value, **texts}
        try:
            return self._api.send("PUT", f"{self._path}/pulls/{number}/merge", body, answers.Merged).sha
        except Gone:
            raise
        except Refused as error:
            return settled(pull_of(self._read(number), False), head, _refusal(number, error))

    def credentials(self) -> tuple[str, str]:
        return "x-access-token", self.secret()

    @property
    def _api(self) -> Api:
        if isinstance(self.secret, InstallationToken):
            return token_calls(self.secret, self.egress)
        return Calls(
            self.egress,
            api_url(self.place.base_url),
            "GitHub",
            lambda: {"Authorization": f"Bearer {self.secret()}"},
            HEADERS,
        )

    @property
    def _runs(self) -> CheckRuns:
        app = self.secret.app.id if isinstance(self.secret, InstallationToken) else ""
        return CheckRuns(self._api, self._path, app)

    @property
    def _path(self) -> str:
        return f"/repos/{'/'.join(segments(self.place, 2, 2))}"

    @property
    def _asking(self) -> Asking[answers.Repository]:
        """Where it was renamed or moved, GitHub points to it by its number."""
        return Asking(
            read=lambda path: self._api.get(path, answers.Repository),
            id_of=lambda found: str(found.id),
            numbered=lambda number: f"/repositories/{quote(number, safe='')}",
            pointed=lambda error: self._api.path_of(error, _BY_NUMBER),
        )

    def _read(self, number: int) -> answers.PullRequest:
        return self._api.get(f"{self._path}/pulls/{number}", answers.PullRequest)

    def _may_push(self, found: answers.Repository) -> bool:
        """What GitHub says of permissions in a repository is about people; an app's stand with its token."""
        if isinstance(self.secret, InstallationToken):
            return self.secret.can_write
        return bool(found.permissions and found.permissions.push)

    def _login(self) -> str:
        """The name under which we write; empty where the token is an app's and nothing more is known of it."""
        if isinstance(self.secret, InstallationToken):
            return self.secret.app.login()
        return name_if_told(lambda: self._api.get("/user", answers.User).login)


def pull_of(found: answers.PullRequest, may_push: bool) -> Pull:
    """As all forges have it; `may_push` is about the repository itself."""
    is_fork = _is_fork(found)
    state = PullState.MERGED if found.merged_at else PullState(found.state)
    return Pull(
        number=found.number,
        title=found.title,
        body=found.body or "",
        state=state,
        is_draft=found.draft,
        head_ref=found.head.ref,
        head_sha=found.head.sha,
        head_repository=found.head.repo.full_name if found.head.repo else "",
        is_fork=is_fork,
        base_ref=found.base.ref,
        author=found.user.login if found.user else "",
        author_account=str(found.user.id or "") if found.user else "",
        web_url=found.html_url,
        ref=f"refs/pull/{found.number}/head",
        can_edit=found.maintainer_can_modify and found.head.repo is not None if is_fork else may_push,
        merge_commit=found.merge_commit_sha or "" if state is PullState.MERGED else "",
    )


def _is_fork(found: answers.PullRequest) -> bool:
    ours, theirs = found.base.repo, found.head.repo
    return ours is None or theirs is None or ours.id != theirs.id


def _refusal(number: int, error: Refused) -> ForgeError:
    if error.status == HTTPStatus.CONFLICT:
        return Moved(f"Pull request {number} has moved on; it was not merged.")
    if error.status == HTTPStatus.METHOD_NOT_ALLOWED and "try the merge again" in str(error).lower():
        return Unreachable(f"The branch that pull request {number} is for has just moved; it was not merged.")
    return by_rules(error)
