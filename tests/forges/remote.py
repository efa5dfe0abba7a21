"""A remote for tests: bare repositories served by git's own http-backend behind Basic auth, or worse."""

import os
import ssl
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from egress import Egress

USER, SECRET = "oauth2", "glpat-Very/Secret+1"
GIT = {
    **{
        f"GIT_{who}_{what}": "dora@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_HTTP_EXPORT_ALL": "1",
    "PATH": os.environ["PATH"],
}
BACKEND = Path(subprocess.check_output(["git", "--exec-path"], text=True).strip()) / "git-http-backend"


def git(folder: Path, *arguments: str, given: str | None = None) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=GIT, check=True, capture_output=True, text=True, input=given
    )
    return done.stdout.strip()


@dataclass
class Host:
    """`requests` as `METHOD path`; `before` is called with each of them and may answer in git's place, with a
    status and a body, or wait."""

    folder: Path
    url: str
    egress: Egress
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    before: Callable[[str], tuple[int, dict[str, str], bytes] | None] = lambda asked: None
    protocol: str = "version=2"

    @property
    def credentials(self) -> tuple[str, str]:
        return USER, SECRET

    def make(self, name: str) -> "Remote":
        path = self.folder / f"{name}.git"
        git(self.folder, "init", "--quiet", "--bare", "--initial-branch=main", path.name)
        git(path, "config", "http.receivepack", "true")
        git(path, "config", "uploadpack.allowFilter", "true")
        work = self.folder / f"{name}-work"
        git(self.folder, "init", "--quiet", "--initial-branch=main", work.name)
        return Remote(path, work, f"{self.url}/{name}.git")


@dataclass(frozen=True)
class Remote:
    path: Path
    work: Path
    url: str

    def commit(
        self, ref: str = "refs/heads/main", text: str = "x", name: str = "file.sql", on: str = ""
    ) -> str:
        """A commit more, pushed to `ref` from the side (not by http), on top of `on` or of the last one."""
        if on:
            git(self.work, "reset", "--quiet", "--hard", on)
        (self.work / name).write_text(text)
        git(self.work, "add", "--all")
        git(self.work, "commit", "--quiet", "--allow-empty", "--message", text[:20])
        sha = git(self.work, "rev-parse", "HEAD")
        git(self.work, "push", "--quiet", "--force", str(self.path), f"{sha}:{ref}")
        return sha

    def refs(self) -> dict[str, str]:
        listed = git(self.path, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ") for line in listed)

    def hook(self, name: str, script: str) -> None:
        path = self.path / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


@contextmanager
def serve(folder: Path, tls: ssl.SSLContext | None = None) -> Iterator[Host]:
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    address = f"127.0.0.1:{server.server_address[1]}"
    host = Host(folder, f"http://{address}", Egress.of([address]))
    server.host = host  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *arguments: object) -> None:
        """A client that does not like the certificate hangs up; nothing is printed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        host: Host = self.server.host  # type: ignore[attr-defined]
        asked = f"{self.command} {self.path}"
        host.requests.append(asked)
        host.headers.append({name.lower(): value for name, value in self.headers.items()})
        content = self._content()
        answer = host.before(asked)
        if answer is None and not self._is_known():
            answer = (
                401,
                {"WWW-Authenticate": 'Basic realm="x"', "Content-Type": "text/plain"},
                b"Who are you?",
            )
        self._send(*(answer or self._backend(host, content)))

    def _is_known(self) -> bool:
        wanted = f"Basic {b64encode(f'{USER}:{SECRET}'.encode()).decode()}"
        return self.headers.get("Authorization") == wanted

    def _content(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while length := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _backend(self, host: Host, content: bytes) -> tuple[int, dict[str, str], bytes]:
        path, _, query = self.path.partition("?")
        variables = {
            **GIT,
            "GIT_PROJECT_ROOT": str(host.folder),
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_USER": USER,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(content)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", "") if host.protocol else "",
        }
        done = subprocess.run([str(BACKEND)], env=variables, input=content, capture_output=True, check=False)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        return int(headers.pop("Status", "200").split()[0]), headers, body

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {
            **headers,
            "Content-Length": headers.get("Content-Length", str(len(body))),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _any

    def log_message(self, *arguments: object) -> None:
        """Nothing is printed."""

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ValueError):
            return
