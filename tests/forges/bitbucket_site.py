"""A small Bitbucket Cloud of the tests' own: the documented shapes of its API.

https://developer.atlassian.com/cloud/bitbucket/rest. It keeps no refs of pull requests, shows twelve characters of a
commit, and has forks of its own whose repositories may be public, open to our token, or closed to us.
"""

import hashlib
import hmac
import json
import re
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.forges import hosting
from tests.forges.hosting import PullState, Site

TOKEN = "ATCTT-of-the-repository"
SECRET = "a-secret-of-the-webhook"
UUID = "{11111111-2222-3333-4444-555555555555}"
STATES = {"SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED"}


@dataclass
class BitbucketSite(Site):
    """One repository. `forks` says by full name who may read them: `public`, `token` or `nobody`."""

    forks: dict[str, str] = field(default_factory=dict)
    shown: list[tuple[str, str]] = field(default_factory=list)

    def make_fork(self, name: str, readers: str) -> Path:
        """A fork with all that the repository has; its folder."""
        folder = self.folder / f"{name}.git"
        command = ["git", "clone", "-q", "--bare", str(self.repository), str(folder)]
        subprocess.run(command, env=hosting.GIT, check=True)
        self.forks[name] = readers
        return folder

    def sha(self, pull: PullState) -> str:
        if not pull.fork:
            return self.head(pull.head)
        command = ["git", "-C", str(self.folder / f"{pull.fork}.git"), "rev-parse", f"refs/heads/{pull.head}"]
        done = subprocess.run(command, env=hosting.GIT, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def _follow(self, pull: PullState) -> None:
        """There are no refs of pull requests."""

    def delivery(self, event: str, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a delivery, signed."""
        body = json.dumps({**payload, "repository": self.as_json()}).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        return body, {
            "Content-Type": "application/json",
            "X-Event-Key": event,
            "X-Request-UUID": str(uuid.uuid4()),
            "X-Hook-UUID": str(uuid.uuid4()),
            "X-Hub-Signature": f"sha256={digest}",
        }

    def push_delivery(self, branch: str) -> tuple[bytes, dict[str, str]]:
        changes = [{"new": {"type": "branch", "name": branch}, "old": None}]
        return self.delivery("repo:push", {"push": {"changes": changes}})

    def pull_delivery(self, pull: PullState, action: str) -> tuple[bytes, dict[str, str]]:
        return self.delivery(f"pullrequest:{action}", {"pullrequest": {"id": pull.number}})

    def as_json(self, name: str = "") -> dict[str, Any]:
        name = name or self.name
        return {
            "type": "repository",
            "uuid": UUID if name == self.name else f"{{{uuid.uuid5(uuid.NAMESPACE_URL, name)}}}",
            "full_name": name,
            "links": {"html": {"href": f"{self.base_url}/{name}"}},
            "mainbranch": {"type": "branch", "name": self.default},
        }

    def pull_json(self, pull: PullState) -> dict[str, Any]:
        state = "MERGED" if pull.merged else {"open": "OPEN", "closed": "DECLINED"}[pull.state]
        return {
            "id": pull.number,
            "title": pull.title,
            "description": pull.body,
            "state": state,
            "draft": pull.draft,
            "author": {"display_name": pull.author.title(), "nickname": pull.author},
            "source": self._side(pull.head, self.sha(pull), pull.fork),
            "destination": self._side(pull.base, self.head(pull.base), ""),
            "links": {"html": {"href": f"{self.base_url}/{self.name}/pull-requests/{pull.number}"}},
            "merge_commit": {"hash": pull.merge_commit[:12]} if pull.merge_commit else None,
        }

    def _side(self, branch: str, sha: str, fork: str) -> dict[str, Any]:
        return {"branch": {"name": branch}, "commit": {"hash": sha[:12]}, "repository": self.as_json(fork)}


@contextmanager
def serve(folder: Path) -> Iterator[BitbucketSite]:
    """A running Bitbucket with an empty repository."""
    with hosting.serve(BitbucketSite(folder), Handler) as running:
        yield running


class Handler(hosting.Handler):
    site: BitbucketSite
    prefix = "/2.0"
    do_DELETE = hosting.Handler.do_GET

    def is_known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def takes_password(self, password: str) -> bool:
        fork = next((name for name in self.site.forks if self.path.startswith(f"/{name}.git/")), "")
        readers = self.site.forks.get(fork, "token")
        return readers == "public" or (readers == "token" and password == TOKEN)

    def _answer_as_usual(self) -> None:
        path = self.path.partition("?")[0]
        if any(path.startswith(f"/{name}.git/") for name in self.site.forks):
            self.site.shown.append((path, self.headers.get("Authorization", "")))
            self._git(path)
        else:
            super()._answer_as_usual()

    def api(self, path: str, told: Any) -> None:
        named, numbered = f"/repositories/{self.site.name}", f"/repositories/{{}}/{UUID}"
        path = unquote(path)
        if path in (named, numbered):
            self.send(self.site.as_json(), X_OAuth_Scopes="repository:write, pullrequest:write")
        elif path.startswith(f"{named}/"):
            self._of_repository(path.removeprefix(named), told)
        else:
            self.send({"type": "error", "error": {"message": "Repository not found"}}, 404)

    def _of_repository(self, path: str, told: Any) -> None:
        site = self.site
        if path == "/pullrequests":
            self._list(site.pull_json(each) for each in site.pulls.values() if each.state == "open")
        elif path == "/refs/branches":
            names = site.git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").splitlines()
            self._list({"name": name, "target": {"hash": site.head(name)}} for name in names)
        elif found := re.fullmatch(r"/pullrequests/(\d+)(/.+)?", path):
            self._of_pull(site.pulls.get(int(found[1])), found[2] or "", told)
        elif found := re.fullmatch(r"/commit/([0-9a-f]{12,40})(/.+)?", path):
            self._of_commit(found[1], found[2] or "", told)
        else:
            self.send({"error": {"message": "Not found"}}, 404)

    def _of_pull(self, pull: PullState | None, path: str, told: Any) -> None:
        if pull is None:
            self.send({"error": {"message": "Not found"}}, 404)
        elif path == "/commits":
            self._list([{"hash": self.site.sha(pull)}])
        elif path == "/merge":
            status = self.site.merge(pull, "")
            self.send(self.site.pull_json(pull) if status == 200 else {"error": {"message": "No."}}, status)
        elif path.startswith("/comments"):
            self._comments(pull.number, path.removeprefix("/comments"), told)
        else:
            self.send(self.site.pull_json(pull))

    def _of_commit(self, sha: str, path: str, told: Any) -> None:
        """A fork's commits are none of the repository's."""
        try:
            whole = self.site.git("rev-parse", "--verify", "--quiet", f"{sha}^{{commit}}")
        except subprocess.CalledProcessError:
            self.send({"error": {"message": "Commit not found"}}, 404)
            return
        if path == "/statuses/build":
            assert told["state"] in STATES
            self.site.statuses.append({"sha": whole, "context": told["name"], "state": told["state"]})
        self.send({"hash": whole}, 204 if self.command == "DELETE" else 200)

    def _comments(self, number: int, path: str, told: Any) -> None:
        comments = self.site.comments
        if self.command == "GET":
            self._list([each for each in comments.values() if each["number"] == number])
            return
        identity = int(path.strip("/") or len(comments) + 1)
        body = told["content"]["raw"]
        comments[identity] = {"id": identity, "number": number, "body": body, "content": {"raw": body}}
        self.send(comments[identity], 200)

    def _list(self, values: Any) -> None:
        self.send({"values": list(values)})
