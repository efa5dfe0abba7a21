"""Requests with endless bodies, on the ASGI application as it is served."""

import asyncio
from typing import Any

import pytest

from braid.asgi import application

PIECE = b"x" * 1024 * 1024
ADDRESS = "/hooks/github/00000000-0000-4000-8000-000000000000/"


def asked(length: int | None) -> dict[str, Any]:
    headers = [(b"host", b"testserver"), (b"content-type", b"application/json")]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": ADDRESS,
        "raw_path": ADDRESS.encode(),
        "query_string": b"",
        "headers": headers,
        "server": ("testserver", 443),
        "client": ("192.0.2.1", 5000),
    }


def post(pieces: int, length: int | None) -> tuple[int, int]:
    """The status of the answer, and how many pieces of the body were taken."""
    taken, said = [0], []

    async def receive() -> dict[str, Any]:
        if taken[0] == pieces:
            # Whoever asked waits for the answer.
            await asyncio.Event().wait()
        taken[0] += 1
        return {"type": "http.request", "body": PIECE, "more_body": taken[0] < pieces}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    asyncio.run(application(asked(length), receive, send))
    return next(each["status"] for each in said if each["type"] == "http.response.start"), taken[0]


@pytest.mark.parametrize(("length", "most"), [(None, 26), (60 * len(PIECE), 0)])
def test_an_endless_body_ends_before_it_fills_a_disk(transactional_db: None, length: int, most: int) -> None:
    assert post(60, length) == (413, most)


def test_a_long_body_reaches_whom_it_is_for(transactional_db: None) -> None:
    assert post(25, None) == (404, 25)
