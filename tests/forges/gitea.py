"""A small Gitea of the tests' own: its API's documented shapes over a real bare repository that git reaches by http.

Source: https://docs.gitea.com/api/. What it was asked stands in `requests`; `fault` answers the next requests instead.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TOKEN = "a-token-of-gitea"
SECRET = "a-secret-of-the-webhook"
NAME = "acme/shop"
GIT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Gitea",
    "GIT_AUTHOR_EMAIL": "gitea@example.com",
    "GIT_COMMITTER_NAME": "Gitea",
    "GIT_COMMITTER_EMAIL": "gitea@example.com",
}
Fault = Callable[[BaseHTTPRequestHandler], None]


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


@dataclass
class Gitea:
    """One repository. `base_url` is the site; git finds the repository at `clone_url`."""

    folder: Path
    base_url: str = ""
    pulls: dict[int, PullState] = field(default_factory=dict)
    statuses: list[dict[str, str]] = field(default_factory=list)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    is_down: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def repository(self) -> Path:
        return self.folder / f"{NAME}.git"

    @property
    def clone_url(self) -> str:
        return f"{self.base_url}/{NAME}.git"

    @property
    def host(self) -> str:
        return self.base_url.removeprefix("http://")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.repository), *arguments],
            env=GIT,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def head(self, branch: str) -> str:
        return self.git("rev-parse", f"refs/heads/{branch}")

    def open_pull(self, head: str, title: str, **more: Any) -> PullState:
        """Like the button: a branch of the repository asks to be merged. With `fork` the head is that fork's."""
        pull = PullState(len(self.pulls) + 1, head, title, **more)
        self.pulls[pull.number] = pull
        self._follow(pull)
        return pull

    def sha(self, pull: PullState) -> str:
        return self.git("rev-parse", f"refs/pull/{pull.number}/head")

    def refresh(self) -> None:
        """As Gitea does after a push: heads of pull requests follow their branches."""
        for pull in self.pulls.values():
            self._follow(pull)

    def _follow(self, pull: PullState) -> None:
        if pull.state == "open" and not pull.fork:
            self.git("update-ref", f"refs/pull/{pull.number}/head", f"refs/heads/{pull.head}")

    def status(self, sha: str, context: str) -> str:
        """The newest state of a context, empty where there is none."""
        found = [each for each in self.statuses if (each["sha"], each["context"]) == (sha, context)]
        return found[-1]["state"] if found else ""

    def comment(self, number: int) -> str:
        found = [each["body"] for each in self.comments.values() if each["number"] == number]
        assert len(found) < 2, "one comment a pull request, edited and not repeated"
        return found[0] if found else ""

    def delivery(self, event: str, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a delivery, signed."""
        body = json.dumps({**payload, "repository": self.as_json()}).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        return body, {
            "Content-Type": "application/json",
            "X-Gitea-Event": event,
            "X-GitHub-Event": event,
            "X-Gitea-Delivery": str(uuid.uuid4()),
            "X-Gitea-Signature": digest,
            "X-Hub-Signature-256": f"sha256={digest}",
        }

    def push_delivery(self, branch: str) -> tuple[bytes, dict[str, str]]:
        return self.delivery("push", {"ref": f"refs/heads/{branch}", "before": "0" * 40, "after": "1" * 40})

    def pull_delivery(self, pull: PullState, action: str) -> tuple[bytes, dict[str, str]]:
        told = {"action": action, "number": pull.number, "pull_request": self.pull_json(pull)}
        return self.delivery("pull_request", told)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": 7,
            "full_name": NAME,
            "default_branch": "main",
            "clone_url": self.clone_url,
            "html_url": f"{self.base_url}/{NAME}",
            "permissions": {"admin": False, "push": True, "pull": True},
        }

    def pull_json(self, pull: PullState) -> dict[str, Any]:
        own = {"id": 7, "full_name": NAME, "html_url": f"{self.base_url}/{NAME}"}
        other = {"id": 8, "full_name": pull.fork, "html_url": f"{self.base_url}/{pull.fork}"}
        return {
            "id": 100 + pull.number,
            "number": pull.number,
            "title": f"WIP: {pull.title}" if pull.draft else pull.title,
            "draft": pull.draft,
            "body": pull.body,
            "state": pull.state,
            "merged": pull.merged,
            "merge_commit_sha": pull.merge_commit or None,
            "allow_maintainer_edit": False,
            "user": {"login": pull.author},
            "html_url": f"{self.base_url}/{NAME}/pulls/{pull.number}",
            "head": {
                "ref": pull.head,
                "sha": self.sha(pull),
                "repo_id": 8 if pull.fork else 7,
                "repo": other if pull.fork else own,
            },
            "base": {"ref": pull.base, "sha": self.head("main"), "repo_id": 7, "repo": own},
        }

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


@contextmanager
def serve(folder: Path) -> Iterator[Gitea]:
    """A running Gitea with an empty repository."""
    forge = Gitea(folder)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(forge.repository)], env=GIT, check=True)
    forge.git("config", "http.receivepack", "true")
    forge.git("config", "uploadpack.allowFilter", "true")

    class Bound(Handler):
        gitea = forge

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
    forge.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Routes by path; whoever sends no good token is refused as Gitea does."""

    gitea: Gitea

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PATCH = do_GET

    def log_message(self, *arguments: object) -> None:
        return

    def _answer(self) -> None:
        forge = self.gitea
        path = self.path.partition("?")[0]
        forge.requests.append((self.command, path))
        if forge.faults:
            forge.faults.pop(0)(self)
        elif forge.is_down and path.startswith("/api/"):
            self.send({"message": "down for maintenance"}, 503)
        elif path.startswith(f"/{NAME}.git/"):
            self._git(path)
        elif self.headers.get("Authorization") != f"token {TOKEN}":
            self.send({"message": "token is required"}, 401)
        else:
            self._api(path.removeprefix(f"/api/v1/repos/{NAME}"), self._read_json())

    def _read_json(self) -> Any:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return json.loads(body) if body else {}

    def _api(self, path: str, told: Any) -> None:
        forge = self.gitea
        if path == "":
            self.send(forge.as_json())
        elif path == "/pulls":
            is_first = "page=2" not in self.path
            found = [forge.pull_json(each) for each in forge.pulls.values() if each.state == "open"]
            self.send(found if is_first else [])
        elif found := re.fullmatch(r"/pulls/(\d+)(/merge)?", path):
            self._pull(int(found[1]), bool(found[2]), told)
        elif found := re.fullmatch(r"/statuses/([0-9a-f]{40})", path):
            forge.statuses.append({"sha": found[1], **told})
            self.send({"id": len(forge.statuses), **told}, 201)
        elif found := re.fullmatch(r"/issues/(\d+)/comments", path):
            self._comments(int(found[1]), told)
        elif (found := re.fullmatch(r"/issues/comments/(\d+)", path)) and int(found[1]) in forge.comments:
            forge.comments[int(found[1])]["body"] = told["body"]
            self.send(forge.comments[int(found[1])])
        else:
            self.send({"message": "Not Found"}, 404)

    def _pull(self, number: int, merges: bool, told: Any) -> None:
        pull = self.gitea.pulls.get(number)
        if pull is None:
            self.send({"message": "Not Found"}, 404)
        elif merges:
            status = self.gitea.merge(pull, told.get("head_commit_id", ""))
            self.send({} if status == 200 else {"message": "head out of date"}, status)
        else:
            self.send(self.gitea.pull_json(pull))

    def _comments(self, number: int, told: Any) -> None:
        comments = self.gitea.comments
        if self.command == "GET":
            self.send([each for each in comments.values() if each["number"] == number])
            return
        identity = len(comments) + 1
        comments[identity] = {
            "id": identity,
            "number": number,
            "body": told["body"],
            "user": {"login": "braid"},
        }
        self.send(comments[identity], 201)

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
        if password != TOKEN:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="Gitea"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._backend(path)

    def _backend(self, path: str) -> None:
        """git's own CGI program (manual: git-http-backend)."""
        body = self._read_body()
        environment = {
            **GIT,
            "GIT_PROJECT_ROOT": str(self.gitea.folder),
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
        self.gitea.refresh()

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body
