"""What of a request's body reaches Django, which writes all of it to a disk before anybody looks who sends it."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

# The longest delivery of a forge; nothing else that Django takes is as long.
MOST_BODY = 25 * 1024 * 1024
ANSWER = b'{"detail": "A request may have 25 MB."}'


class Bounded:
    """An ASGI application that ends requests with more than MOST_BODY bytes with 413, whoever asks and for what."""

    def __init__(self, behind: Application) -> None:
        self._behind = behind

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._behind(scope, receive, send)
            return
        body = _Body(receive)
        if _told_length(scope) <= MOST_BODY:
            await self._behind(scope, body.receive, send)
        if body.is_too_long or _told_length(scope) > MOST_BODY:
            await _refuse(send)


class _Body:
    """Counts what comes. Beyond the most, the application is told that whoever asked has gone."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._length = 0

    @property
    def is_too_long(self) -> bool:
        return self._length > MOST_BODY

    async def receive(self) -> Message:
        if not self.is_too_long:
            message = await self._receive()
            self._length += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_too_long else message


def _told_length(scope: Any) -> int:
    """What the header says; a server passes on only numbers."""
    found = dict(scope["headers"]).get(b"content-length", b"0")
    return int(found) if found.isdigit() else 0


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(ANSWER)).encode()),
        # The rest of the body is not read.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})
