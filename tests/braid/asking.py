"""Requests to an ASGI application without a server in between."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from braid.asgi import application


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and how many pieces of the request's body were taken for it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    taken: int


def ask(
    path: str,
    *pieces: bytes,
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    scheme: str = "https",
    asked: Any = application,
) -> Said:
    """Send the pieces, as they are taken, and wait for the answer."""
    taken, said = [0], []

    async def receive() -> dict[str, Any]:
        if taken[0] >= max(1, len(pieces)):
            # Whoever asked waits for the answer.
            await asyncio.Event().wait()
        taken[0] += 1
        body = pieces[taken[0] - 1] if pieces else b""
        return {"type": "http.request", "body": body, "more_body": taken[0] < len(pieces)}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    asyncio.run(asked(_scope(path, method, scheme, headers or {}), receive, send))
    start = next(each for each in said if each["type"] == "http.response.start")
    told = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Said(start["status"], told, b"".join(each.get("body", b"") for each in said), taken[0])


def _scope(path: str, method: str, scheme: str, headers: Mapping[str, str]) -> dict[str, Any]:
    sent = {"host": "testserver", "content-type": "application/json", **headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "server": ("testserver", 443),
        "client": ("192.0.2.1", 5000),
    }
