"""The response to a git client: never cached, never waited for longer than a stall allows."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from apps.githost.bodies import ClientGone
from apps.githost.requests import Refusal

# What git's own http-backend sends, so that no proxy keeps a list of refs.
_NEVER_CACHED = (
    ("Expires", "Fri, 01 Jan 1980 00:00:00 GMT"),
    ("Pragma", "no-cache"),
    ("Cache-Control", "no-cache, max-age=0, must-revalidate"),
    ("X-Content-Type-Options", "nosniff"),
)


class Answer:
    """One response: started once, written to in pieces, ended."""

    def __init__(self, send: Callable[[Any], Awaitable[None]], stall_s: float) -> None:
        self._send = send
        self._stall_s = stall_s
        self._gone = False
        self.started = False

    async def start(
        self, content_type: str, status: int = 200, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.started = True
        every = (("Content-Type", content_type), *_NEVER_CACHED, *headers)
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in every]
        await self._pass({"type": "http.response.start", "status": status, "headers": raw})

    async def write(self, data: bytes) -> None:
        await self._pass({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        await self._pass({"type": "http.response.body", "body": data, "more_body": False})

    async def refuse(self, refusal: Refusal, *, with_body: bool = True) -> None:
        """Answer with a sentence; once a response has begun there is no place for one, and it just stops."""
        if self.started:
            return
        # The rest of a body that nobody will read would be taken for the next request.
        headers = (*refusal.headers, ("Connection", "close"))
        await self.start(refusal.content_type, refusal.status, headers)
        await self.end(f"{refusal.message}\n".encode() if with_body else b"")

    async def _pass(self, message: dict[str, Any]) -> None:
        if self._gone:
            raise ClientGone
        try:
            async with asyncio.timeout(self._stall_s):
                await self._send(message)
        except (TimeoutError, OSError):
            self._gone = True
            raise ClientGone from None
