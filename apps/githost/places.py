"""How many git processes run at once: in all, and for one person.

Whoever comes when all places are taken waits a while, as a burst of a team's
builds is over in seconds, and is then told to come back.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from apps.githost.requests import Refusal


class Places:
    """The places of one web process; belongs to one event loop."""

    def __init__(self, total: int, each: int, patience_s: float) -> None:
        self._total = total
        self._each = each
        self._patience_s = patience_s
        self._taken: Counter[int] = Counter()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def hold(self, person: int) -> AsyncIterator[None]:
        """One place for as long as the block runs; raises Refusal when none came free in time."""
        await self._take(person)
        try:
            yield
        finally:
            self._taken[person] -= 1
            self._taken += Counter()
            async with self._changed:
                self._changed.notify_all()

    async def _take(self, person: int) -> None:
        try:
            async with asyncio.timeout(self._patience_s), self._changed:
                await self._changed.wait_for(lambda: self._has_room(person))
                self._taken[person] += 1
        except TimeoutError:
            raise self._refusal(person) from None

    def _has_room(self, person: int) -> bool:
        return self._taken.total() < self._total and self._taken[person] < self._each

    def _refusal(self, person: int) -> Refusal:
        headers = (("Retry-After", "10"),)
        if self._taken[person] >= self._each:
            text = f"You have {self._each} git requests running here already. Try again in a moment."
            return Refusal(HTTPStatus.TOO_MANY_REQUESTS, text, headers)
        return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Git is busy here. Try again in a moment.", headers)
