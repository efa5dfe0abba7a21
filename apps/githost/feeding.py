"""The way of a request's body into git, and the watch over a client that waits for the answer."""

import asyncio
from http import HTTPStatus

from django.conf import settings

from apps.githost.bodies import Body, ClientGone, Receive
from apps.githost.processes import GitProcess
from apps.githost.requests import GitRequest, Refusal, Service
from apps.repositories.commands import MEGABYTE

# Wants and haves of a very large negotiation.
MAX_FETCH_REQUEST = 32 * MEGABYTE
# The list of refs and the pack's frame come on top of the pack itself.
PUSH_FRAME = 4 * MEGABYTE


class Feeder:
    """Hands the body to git; afterwards a fetch whose client has gone is ended, and a push is not."""

    def __init__(self, process: GitProcess, request: GitRequest, receive: Receive) -> None:
        self.is_push = request.service is Service.RECEIVE_PACK
        limit = settings.MAX_PUSH_MB * MEGABYTE + PUSH_FRAME if self.is_push else MAX_FETCH_REQUEST
        self._body = Body(receive, request.encoding, limit, settings.GIT_STALL_S)
        self._receive = receive
        self._process = process
        self._done = asyncio.Event()
        self._refusal: Refusal | None = None

    async def run(self) -> None:
        try:
            await self._feed()
        except Refusal as refusal:
            self._refusal = refusal
        except ClientGone:
            self._refusal = Refusal(HTTPStatus.BAD_REQUEST, "The request was cut off.")
        finally:
            self._done.set()
            self._process.close_input()
        if not self.is_push and self._refusal is None:
            await self._watch()

    def check(self) -> None:
        """Raise the refusal that ended the body, if one did: it says more than git can about the end."""
        if self._refusal is not None:
            raise self._refusal

    async def all_read(self) -> None:
        """Wait for the end of the body: a client that still sends would not hear an answer."""
        await self._done.wait()

    async def _feed(self) -> None:
        """Once git reads no further the rest is dropped, because its answer says why."""
        wanted = True
        async for chunk in self._body.chunks():
            wanted = wanted and await self._process.write(chunk)

    async def _watch(self) -> None:
        """Nobody waits for the pack of a client that has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._process.terminate()
