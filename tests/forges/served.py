"""A forge for tests: a real HTTP server in this process that answers what it was told and keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from egress import Egress


@dataclass(frozen=True)
class Asked:
    """One request: `path` holds the query too, `body` is decoded JSON or None, `content` the body as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    content: bytes = b""


@dataclass(frozen=True)
class Reply:
    """`body` is sent as JSON unless it is bytes; with `cut_at` the connection ends after so many bytes of it."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_at: int | None = None
    wait_s: float = 0.0

    @property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answering = Callable[[Asked], Reply]


@dataclass
class Served:
    """`answers` by `METHOD /path` (without the query), a Reply, a function of what was asked, or a list of
    replies to be given in turn; whatever has none is 404, as forges do."""

    url: str
    egress: Egress
    answers: dict[str, Reply | Answering | list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        found = self.answers.get(f"{asked.method} {asked.path.partition('?')[0]}", Reply(404))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        return found if isinstance(found, Reply) else found(asked)

    @property
    def last(self) -> Asked:
        return self.asked[-1]


@contextmanager
def serve() -> Iterator[Served]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    host = f"127.0.0.1:{server.server_address[1]}"
    server.served = Served(f"http://{host}", Egress.of([host]))  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.served  # type: ignore[attr-defined]
    finally:
        server.served.stopping.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def _any(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length)
        served: Served = self.server.served  # type: ignore[attr-defined]
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.loads(content) if content else None
        reply = served.reply(Asked(self.command, self.path, headers, body, content))
        served.stopping.wait(reply.wait_s)
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.content)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.content[: reply.cut_at])

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

    def log_message(self, *arguments: object) -> None:
        """Nothing is printed."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:  # The client hung up, as clients out of time do.
            return
