"""Asking a running Braid: its REST API over HTTP, with the project and branch that the folder you are in belongs to.

`BRAID_URL` and `BRAID_TOKEN` say where it is and who asks (docs/command.md). Problem
documents (RFC 9457) become the message that ends the command.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pygit2

from braid.command.exits import Exit, Stop

TIMEOUT_S = 60
HTTP_UNAUTHORIZED = 401
HTTP_NOT_FOUND = 404
HTTP_CONFLICT = 409
MAX_ANSWER = 64 * 1024 * 1024
# How much of a hash is shown.
SHORT = 12


class _Stay(HTTPRedirectHandler):
    """A redirect would carry the token to wherever it points, so it is an error like any other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Remote:
    """One project on one Braid, asked with one person's token."""

    url: str
    token: str
    team: str
    project: str

    def get(self, path: str, **query: object) -> Any:
        """The answer under the project's address: `get("proposals/7/")`. Raises Stop."""
        asked = {name: value for name, value in query.items() if value is not None}
        return self.ask("GET", f"{path}?{urlencode(asked)}" if asked else path)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self.ask("POST", path, body or {})

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.ask("PUT", path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.ask("PATCH", path, body)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The decoded answer, None where there is none. Raises Stop: 1 for what can't be done now, 3 for no answer."""
        address = f"{self.url}/api/v1/teams/{quote(self.team)}/projects/{quote(self.project)}/{path}"
        request = Request(  # noqa: S310 - `remote_of` has looked at the scheme
            address,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with build_opener(_Stay).open(request, timeout=TIMEOUT_S) as answer:
                return _decoded(answer.read(MAX_ANSWER), address)
        except HTTPError as refused:
            with refused:
                raise self._stop(refused, path, body or {}) from refused
        except (URLError, TimeoutError, ConnectionError) as error:
            said = getattr(error, "reason", None) or error
            raise Stop(f"{self.url} does not answer: {said}", Exit.NOT_JUDGED) from error

    def _stop(self, refused: HTTPError, path: str, body: Mapping[str, Any]) -> Stop:
        """What the answer says; of what is not there, what was asked for."""
        stop = _stop(refused, refused.read(MAX_ANSWER))
        if refused.code == HTTP_UNAUTHORIZED:
            where = f"{self.url}/accounts/tokens/"
            return Stop(f"BRAID_TOKEN is no token that {self.url} takes; make one at {where}", Exit.UNUSABLE)
        if refused.code == HTTP_NOT_FOUND and stop.code is Exit.UNUSABLE:
            what = self._missing(path, body)
            return Stop(f"{what}, or you are not a member of the team {self.team}", Exit.UNUSABLE)
        return stop

    def _missing(self, path: str, body: Mapping[str, Any]) -> str:
        where = f"{self.team}/{self.project}"
        if number := re.match(r"proposals/(\d+)/", path):
            return f"{where} has no proposal #{number[1]}"
        return (
            f"{where} has no branch {body['branch']}" if "branch" in body else f"there is no project {where}"
        )


def remote_of(project: str = "") -> Remote:
    """The Braid and the project that are meant: `project` as TEAM/PROJECT, else what git's remotes say. Raises Stop."""
    url = os.environ.get("BRAID_URL", "").rstrip("/")
    token = os.environ.get("BRAID_TOKEN", "")
    if not url or not token:
        raise Stop("set BRAID_URL to the address of your Braid and BRAID_TOKEN to an API token of yours")
    if urlsplit(url).scheme not in ("http", "https"):
        raise Stop(f"BRAID_URL {url!r} is no http:// or https:// address")
    team, _, name = (project or os.environ.get("BRAID_PROJECT", "") or _of_remotes(url)).partition("/")
    if not team or not name or "/" in name:
        raise Stop("name the project with --project TEAM/PROJECT: no git remote here leads to that Braid")
    return Remote(url, token, team, name)


def current_branch() -> str:
    """The branch that is checked out in the folder you are in. Raises Stop."""
    repository = _repository()
    if repository is None or repository.head_is_unborn or repository.head_is_detached:
        raise Stop("no branch is checked out here; name one")
    return str(repository.head.shorthand)


def current_commit() -> str:
    """The commit that is checked out, or empty outside of a repository."""
    repository = _repository()
    return "" if repository is None or repository.head_is_unborn else str(repository.head.target)


def find_number(remote: Remote, given: str = "") -> int:
    """The proposal that `given` means: `7`, `#7`, a branch, or nothing for the branch that is checked out.

    Of a branch the open proposal, else its newest. Raises Stop.
    """
    if re.fullmatch(r"#?\d{1,9}", given, re.ASCII):
        return int(given.removeprefix("#"))
    branch = given or current_branch()
    found = remote.get("proposals/", branch=branch)["results"]
    if not found:
        raise Stop(f"the branch {branch} is not proposed; `braid propose` does that")
    return int(next((p for p in found if p["state"] in ("open", "queued")), found[0])["number"])


def seen_change(named: str | None, readiness: Mapping[str, Any]) -> str:
    """The hash of the change that is answered to: the newest, which must begin as `named`. Raises Stop."""
    newest = str(readiness["change_hash"])
    if named and not newest.startswith(named):
        raise Stop(
            f"the change is {newest[:SHORT] or 'not known yet'}, not {named}: look again", Exit.BLOCKED
        )
    return newest


def _of_remotes(url: str) -> str:
    """TEAM/PROJECT of the first remote that is a repository of this Braid; `origin` is looked at first."""
    repository = _repository()
    if repository is None:
        return ""
    wanted = urlsplit(url)
    for remote in sorted(repository.remotes, key=lambda each: (each.name != "origin", each.name or "")):
        parts = urlsplit(remote.url or "")
        under = parts.path.removeprefix(wanted.path)
        found = re.fullmatch(r"/([^/]+)/([^/]+?)(?:\.git)?/?", under, re.ASCII)
        if found and (parts.hostname, parts.port) == (wanted.hostname, wanted.port):
            return f"{found[1]}/{found[2]}"
    return ""


def _repository() -> pygit2.Repository | None:
    found = pygit2.discover_repository(os.getcwd())
    return pygit2.Repository(found) if found else None


def _decoded(body: bytes, address: str) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError as error:
        raise Stop(f"{address} did not answer with JSON; is BRAID_URL right?", Exit.NOT_JUDGED) from error


def _stop(refused: HTTPError, body: bytes) -> Stop:
    """What the problem document says, with the fields that it names."""
    try:
        problem = json.loads(body)
        said = str(problem["detail"])
        named = [f"{each['where']}: {each['what']}".removeprefix(": ") for each in problem.get("errors", ())]
    except (ValueError, KeyError, TypeError):
        return Stop(f"{refused.url} answered {refused.code}; is BRAID_URL right?", Exit.NOT_JUDGED)
    code = Exit.BLOCKED if refused.code == HTTP_CONFLICT else Exit.UNUSABLE
    return Stop("\n  ".join([said, *named]), code)
