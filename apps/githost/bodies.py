"""The body of a request as a stream: inflated where it came compressed, within limits of size and patience.

Nothing is gathered: a chunk is asked for when the one before it has been handed on,
so a client is read no faster than git takes its data.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any

from apps.githost.requests import Refusal

Receive = Callable[[], Awaitable[Any]]
CHUNK = 64 * 1024


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


class Body:
    """Chunks of one request's body; raises ClientGone, or Refusal when a limit is passed."""

    def __init__(self, receive: Receive, encoding: str, limit: int, stall_s: float) -> None:
        self._receive = receive
        self._inflates = encoding in ("gzip", "x-gzip")
        self._limit = limit
        self._stall_s = stall_s
        self._size = 0

    async def chunks(self) -> AsyncIterator[bytes]:
        stream = self._inflated() if self._inflates else self._raw()
        async for chunk in stream:
            self._size += len(chunk)
            if self._size > self._limit:
                raise _too_large(self._limit)
            yield chunk

    async def _raw(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._next()
            if message["type"] == "http.disconnect":
                raise ClientGone
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]

    async def _next(self) -> Any:
        try:
            async with asyncio.timeout(self._stall_s):
                return await self._receive()
        except TimeoutError:
            text = f"Nothing was received for {self._stall_s:.0f} seconds."
            raise Refusal(HTTPStatus.REQUEST_TIMEOUT, text) from None

    async def _inflated(self) -> AsyncIterator[bytes]:
        """Inflate in pieces of CHUNK at most: a bomb is noticed by `chunks`, never unfolded in memory."""
        inflater = zlib.decompressobj(wbits=31)
        async for compressed in self._raw():
            pending = compressed
            while pending:
                piece = _inflate(inflater, pending)
                pending = inflater.unconsumed_tail
                if piece:
                    yield piece
            if inflater.unused_data:
                raise _bad_gzip()
        if not inflater.eof:
            raise _bad_gzip()


def _inflate(inflater: Any, data: bytes) -> bytes:
    try:
        return bytes(inflater.decompress(data, CHUNK))
    except zlib.error:
        raise _bad_gzip() from None


def _bad_gzip() -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, "The body is not one complete gzip stream.")


def _too_large(limit: int) -> Refusal:
    text = (
        f"The request is larger than {limit // (1024 * 1024):,} MB, which is what this server takes at once."
    )
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
