"""Repositories, pull requests, statuses, reports, comments and merges on Bitbucket Cloud."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

from egress import Egress
from forges.bitbucket import answers
from forges.bitbucket.comments import UNSEEN, Comments
from forges.bitbucket.credentials import api_header, for_git, may_write
from forges.bitbucket.reports import annotation_batches, key_of, report_body
from forges.client import Secret
from forges.comments import marker, put
from forges.errors import ForgeError, Gone, Moved, Refused, Unreachable, Unusable
from forges.finding import Asking
from forges.http import MAX_PAGES, Api, Query, query_of
from forges.paths import clone_url, segments
from forges.permissions import Access
from forges.permissions import bitbucket as permissions
from forges.quoting import quoted
from forges.settling import settled
from forges.values import Merging, Outcome, Place, Pull, PullState, Report, Repository, Status

SITE, API = "https://bitbucket.org", "https://api.bitbucket.org/2.0"
T = TypeVar("T")
_STATES = {
    Outcome.PENDING: "INPROGRESS",
    Outcome.SUCCESS: "SUCCESSFUL",
    Outcome.FAILURE: "FAILED",
    # There is no error; STOPPED would not keep anybody from merging.
    Outcome.ERROR: "FAILED",
    Outcome.CANCELLED: "FAILED",
}
_PULL_STATES = {
    "OPEN": PullState.OPEN,
    "QUEUED": PullState.OPEN,
    "MERGED": PullState.MERGED,
    "DECLINED": PullState.CLOSED,
    "SUPERSEDED": PullState.CLOSED,
}
_STRATEGIES = {
    Merging.MERGE: "merge_commit",
    Merging.SQUASH: "squash",
    Merging.REBASE: "rebase_fast_forward",
}


@dataclass(frozen=True, slots=True)
class Bitbucket:
    """One repository; `secret` gives an access token or `name:secret`."""

    place: Place
    secret: Secret
    egress: Egress

    def repository(self, known: str = "") -> Repository:
        found, scopes = self._asking.find(self._path, known)
        return Repository(
            id=found.uuid,
            name=found.full_name,
            default_branch=found.mainbranch.name if found.mainbranch else "",
            clone_url=clone_url(self.place, found.full_name),
            web_url=found.links.html.href if found.links else "",
            can_write=self._can_write(found.full_name, scopes),
        )

    def access(self) -> Access:
        return permissions.of_token(self._api, self._path, self.repository(), self.credentials())

    def pull(self, number: int) -> Pull:
        return self._pull(self._request(number), {})

    def open_pulls(self) -> tuple[Pull, ...]:
        found = list(
            self._all(f"{self._path}/pullrequests", answers.PullRequest, {"state": "OPEN", "pagelen": 50})
        )
        heads = self._heads() if found else {}
        return tuple(sorted((self._pull(each, heads) for each in found), key=lambda pull: pull.number))

    def set_status(self, status: Status) -> None:
        body = {
            "key": key_of(status.context),
            "name": status.context,
            "state": _STATES[status.outcome],
            "description": quoted(status.description, limit=255),
            "url": status.url,
        }
        self._api.tell("POST", f"{self._commit(status.sha)}/statuses/build", body)

    def put_report(self, report: Report, known: str = "") -> str:
        """A report that is there already goes first, so that none of its annotations stays."""
        key = known or key_of(report.key)
        path = f"{self._commit(report.sha)}/reports/{quote(key, safe='')}"
        if known:
            self._forget(path)
        self._api.tell("PUT", path, report_body(report))
        for batch in annotation_batches(report):
            self._api.tell("POST", f"{path}/annotations", batch)
        return key

    def put_comment(self, number: int, body: str, known: str = "", key: str = "") -> str:
        thread = Comments(self._api, f"{self._path}/pullrequests/{number}/comments", self._all)
        return put(thread, marker(self.place, number, UNSEEN, key), body, known)

    def merge(self, number: int, head: str, title: str, message: str, how: Merging) -> str:
        """Bitbucket compares nothing: the head is compared just before, and once more afterwards."""
        before = self.pull(number)
        if before.state is not PullState.OPEN or before.head_sha != head:
            closed = Refused(f"Pull request {number} on Bitbucket is {before.state.value}, not open.", 409)
            return settled(before, head, closed)
        body = {"message": f"{title}\n\n{message}".strip(), "merge_strategy": _STRATEGIES[how]}
        unfinished: ForgeError = Unreachable(f"Bitbucket has not finished merging pull request {number}.")
        try:
            self._api.tell("POST", f"{self._path}/pullrequests/{number}/merge", body)
        except Refused as error:
            unfinished = error
        after = self.pull(number)
        if after.state is PullState.MERGED and after.head_sha != head:
            raise Moved(
                f"Pull request {number} moved on to {after.head_sha[:12]} as it was merged; look at it."
            )
        return settled(after, head, unfinished)

    def credentials(self) -> tuple[str, str]:
        return for_git(self.secret())

    @property
    def _api(self) -> Api:
        site = self.place.base_url.rstrip("/")
        base_url = API if site == SITE else f"{site}/2.0"
        return Api(self.egress, base_url, "Bitbucket", lambda: {"Authorization": api_header(self.secret())})

    @property
    def _asking(self) -> Asking[tuple[answers.Repository, str | None]]:
        """By its uuid Bitbucket knows a repository in any workspace; where it was before is told by nothing."""
        return Asking(
            read=self._read,
            id_of=lambda found: found[0].uuid,
            numbered=lambda uuid: f"/repositories/{quote('{}')}/{quote(uuid, safe='')}",
            pointed=lambda error: "",
        )

    def _read(self, path: str) -> tuple[answers.Repository, str | None]:
        """A repository, and the scopes of the access token that asks for it."""
        answer = self._api.answer("GET", path)
        return self._api.decode(answer, answers.Repository), answer.headers.get("x-oauth-scopes")

    @property
    def _path(self) -> str:
        return f"/repositories/{'/'.join(segments(self.place, 2, 2))}"

    def _commit(self, sha: str) -> str:
        return f"{self._path}/commit/{quote(sha, safe='')}"

    def _all(self, path: str, kind: type[T], query: Query) -> Iterator[T]:
        """Each entry of a list in pages; of the next page's address only the query is used."""
        at = urlencode(query)
        for _ in range(MAX_PAGES):
            page = self._api.get(f"{path}?{at}", answers.Page[kind])  # type: ignore[valid-type]
            yield from page.values
            if not page.next:
                return
            at = query_of(page.next)
        raise Unusable(f"Bitbucket has more than {MAX_PAGES} pages of this; Braid reads no further.")

    def _can_write(self, name: str, scopes: str | None) -> bool:
        """An access token is what its scopes say; a person also needs the permission in this repository."""
        if scopes is not None and not may_write(scopes):
            return False
        if ":" not in self.secret():
            return scopes is not None
        workspace = quote(name.partition("/")[0], safe="")
        query: Query = {"q": f'repository.full_name="{name}"'}
        path = f"/user/workspaces/{workspace}/permissions/repositories"
        found = self._all(path, answers.Permission, query)
        return any(each.permission in ("write", "admin") for each in found)

    def _forget(self, path: str) -> None:
        try:
            self._api.tell("DELETE", path)
        except Gone:
            return

    def _request(self, number: int) -> answers.PullRequest:
        return self._api.get(f"{self._path}/pullrequests/{number}", answers.PullRequest)

    def _heads(self) -> dict[str, str]:
        branches = self._all(f"{self._path}/refs/branches", answers.Branch, {"pagelen": 100})
        return {branch.name: branch.target.hash for branch in branches}

    def _pull(self, found: answers.PullRequest, heads: Mapping[str, str]) -> Pull:
        source, target = found.source.repository, found.destination.repository
        is_fork = source is None or target is None or source.uuid != target.uuid
        return Pull(
            number=found.id,
            title=found.title,
            body=found.description or "",
            state=_PULL_STATES[found.state],
            is_draft=found.draft,
            head_ref=found.source.branch.name,
            head_sha=self._whole(found, "" if is_fork else heads.get(found.source.branch.name, "")),
            head_repository=source.full_name if source else "",
            is_fork=is_fork,
            base_ref=found.destination.branch.name,
            author=(found.author.nickname or found.author.display_name) if found.author else "",
            author_account=found.author.uuid if found.author else "",
            web_url=found.links.html.href,
            # Bitbucket keeps no refs of pull requests, and lets nobody push to a fork of somebody else.
            can_edit=not is_fork,
            merge_commit=self._whole_commit(found.merge_commit.hash) if found.merge_commit else "",
        )

    def _whole(self, found: answers.PullRequest, likely: str) -> str:
        """The whole hash of the head, of which Bitbucket shows twelve characters; empty where it shows no more."""
        short = found.source.commit.hash if found.source.commit else ""
        if not short or len(short) == 40:
            return short
        if likely.startswith(short):
            return likely
        try:
            commits = self._all(
                f"{self._path}/pullrequests/{found.id}/commits", answers.Commit, {"pagelen": 10}
            )
            newest = next(commits, None)
            return newest.hash if newest and newest.hash.startswith(short) else self._whole_commit(short)
        except Gone:
            # Of a fork that is gone or hidden from us; the other pull requests are not kept waiting for it.
            return ""

    def _whole_commit(self, short: str) -> str:
        return short if len(short) == 40 else self._api.get(self._commit(short), answers.Commit).hash
