"""What every forge of the tests has: a bare repository that git reaches by http, pull requests, comments, faults.

An API's dialect is a Handler's subclass (`gitea`, `github_site`, `gitlab_site`). What was asked stands in
`requests`; a fault answers the next request instead, and while `is_down` the API answers nothing else.
"""

import base64
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, TypeVar

NAME = "acme/shop"
GIT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Forge",
    "GIT_AUTHOR_EMAIL": "forge@example.com",
    "GIT_COMMITTER_NAME": "Forge",
    "GIT_COMMITTER_EMAIL": "forge@example.com",
}
Fault = Callable[["Handler"], None]


@dataclass
class PullState:
    number: int
    head: str
    title: str
    body: str = ""
    base: str = "main"
    author: str = "dora"
    state: str = "open"
    merged: bool = False
    draft: bool = False
    fork: str = ""
    merge_commit: str = ""
    author_id: int = 0


@dataclass
class Site:
    """One repository. `base_url` is the site; git finds the repository at `clone_url`."""

    pull_ref: ClassVar[str] = "refs/pull/{}/head"

    folder: Path
    base_url: str = ""
    pulls: dict[int, PullState] = field(default_factory=dict)
    statuses: list[dict[str, str]] = field(default_factory=list)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    is_down: bool = False
    refusal: str = "head out of date"
    default: str = "main"
    number: int = 7
    name: str = NAME
    is_name_taken: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def repository(self) -> Path:
        return self.folder / f"{self.name}.git"

    @property
    def clone_url(self) -> str:
        return f"{self.base_url}/{self.name}.git"

    @property
    def host(self) -> str:
        return self.base_url.removeprefix("http://")

    def git(self, *arguments: str, given: bytes = b"") -> str:
        done = subprocess.run(
            ["git", "-C", str(self.repository), *arguments],
            env=GIT,
            input=given,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def head(self, branch: str) -> str:
        return self.git("rev-parse", f"refs/heads/{branch}")

    def head_if_any(self, branch: str) -> str:
        return self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    def rename(self, name: str) -> None:
        before = self.repository
        self.name = name
        self.repository.parent.mkdir(exist_ok=True)
        before.rename(self.repository)

    def rename_branch(self, before: str, after: str) -> None:
        """As Gitea does: pull requests go with it."""
        self.git("branch", "--move", before, after)
        for pull in self.pulls.values():
            pull.head = after if pull.head == before else pull.head

    def open_pull(self, head: str, title: str, **more: Any) -> PullState:
        """Like the button: a branch of the repository asks to be merged. With `fork` the head is that fork's."""
        pull = PullState(len(self.pulls) + 1, head, title, **more)
        self.pulls[pull.number] = pull
        self._follow(pull)
        return pull

    def sha(self, pull: PullState) -> str:
        return self.git("rev-parse", self.pull_ref.format(pull.number))

    def refresh(self) -> None:
        """As Gitea does after a push: heads of pull requests follow their branches."""
        for pull in self.pulls.values():
            self._follow(pull)

    def _follow(self, pull: PullState) -> None:
        if pull.state == "open" and not pull.fork:
            self.git("update-ref", self.pull_ref.format(pull.number), f"refs/heads/{pull.head}")

    def status(self, sha: str, context: str) -> str:
        """The newest state of a context, empty where there is none."""
        found = [each for each in self.statuses if (each["sha"], each["context"]) == (sha, context)]
        return found[-1]["state"] if found else ""

    def comment(self, number: int) -> str:
        found = [each["body"] for each in self.comments.values() if each["number"] == number]
        assert len(found) < 2, "one comment a pull request, edited and not repeated"
        return found[0] if found else ""

    def merge(self, pull: PullState, expected: str) -> int:
        """Merge as the button does; the HTTP status."""
        with self.lock:
            head, base = self.sha(pull), self.head(pull.base)
            if expected and expected != head:
                return 409
            try:
                tree = self.git("merge-tree", "--write-tree", base, head).splitlines()[0]
            except subprocess.CalledProcessError:
                return 405
            message = f"Merge pull request '{pull.title}' (#{pull.number})"
            commit = self.git("commit-tree", tree, "-p", base, "-p", head, "-m", message)
            self.git("update-ref", f"refs/heads/{pull.base}", commit, base)
            pull.state, pull.merged, pull.merge_commit = "closed", True, commit
            return 200


SiteOf = TypeVar("SiteOf", bound=Site)


@contextmanager
def serve(site: SiteOf, handler: type["Handler"]) -> Iterator[SiteOf]:
    """The site, running, with an empty repository."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(site.repository)], env=GIT, check=True)
    site.git("config", "http.receivepack", "true")
    site.git("config", "uploadpack.allowFilter", "true")
    bound = type("Bound", (handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    site.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Routes between git and the API, whose dialect subclasses speak."""

    site: Any
    prefix: ClassVar[str] = ""

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PATCH = do_PUT = do_GET

    def log_message(self, *arguments: object) -> None:
        return

    def is_known(self) -> bool:
        """Whether the request holds a token of the API."""
        raise NotImplementedError

    def takes_password(self, password: str) -> bool:
        """Whether git may come in with it."""
        raise NotImplementedError

    def api(self, path: str, told: Any) -> None:
        """Answer a request of the API; `path` is below `prefix`, `told` its JSON."""
        raise NotImplementedError

    def _answer(self) -> None:
        site: Site = self.site
        path = self.path.partition("?")[0]
        site.requests.append((self.command, path))
        if path.startswith(f"/{NAME}.git/") and site.name != NAME and not site.is_name_taken:
            self.send({}, 301, Location=f"{site.base_url}{path.replace(NAME, site.name, 1)}")
        elif site.faults:
            site.faults.pop(0)(self)
        else:
            self._answer_as_usual()

    def _answer_as_usual(self) -> None:
        site: Site = self.site
        path = self.path.partition("?")[0]
        if path.startswith(f"/{site.name}.git/"):
            self._git(path)
        elif site.is_down:
            self.send({"message": "down for maintenance"}, 503)
        elif not self.is_known():
            self.send({"message": "token is required"}, 401)
        else:
            self.api(path.removeprefix(self.prefix), self._read_json())

    def _read_json(self) -> Any:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return json.loads(body) if body else {}

    def send(self, told: Any, status: int = 200, **headers: str) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _git(self, path: str) -> None:
        given = self.headers.get("Authorization", "")
        password = base64.b64decode(given.removeprefix("Basic ") or b"").decode().partition(":")[2]
        if not self.takes_password(password):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="Forge"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._backend(path)

    def _backend(self, path: str) -> None:
        """git's own CGI program (manual: git-http-backend)."""
        body = self._read_body()
        environment = {
            **GIT,
            "GIT_PROJECT_ROOT": str(self.site.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": self.path.partition("?")[2],
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "braid",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(
            ["git", "http-backend"], env=environment, input=body, capture_output=True, check=True
        )
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        lines = [line.partition(": ") for line in head.decode().split("\r\n")]
        headers = {name.lower(): value for name, _, value in lines}
        self.send_response(int(headers.pop("status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.site.refresh()

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body
