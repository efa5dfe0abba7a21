"""Watching verdicts while they run: one listener a process, however many pages are open.

Workers announce every step with NOTIFY (`events`). The listener collects the ids
that moved, reads those rows together in a thread of its own, renders each once
and hands the HTML to every page that follows it. A notification that was lost
costs at most REREAD_S: every row that is watched is read again then.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import psycopg
from django.db import Error, connection, connections
from django.template.loader import render_to_string

from apps.checks.events import CHANNEL
from apps.checks.models import Verdict
from apps.checks.pages.progress import show_progress

logger = logging.getLogger(__name__)

REREAD_S = 5.0
GATHER_S = 0.1
MAX_FOLLOWERS = 1_000


class TooManyFollowersError(Exception):
    """This process follows as many verdicts as it may; the page asks again by itself instead."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a page shows next; after a finished one nothing more comes."""

    html: str
    is_finished: bool


class Watch:
    """The followers of one event loop and the listener that feeds them; it runs while there is anybody."""

    def __init__(self) -> None:
        self._followers: dict[int, set[asyncio.Queue[Step]]] = defaultdict(set)
        self._moved: set[int] = set()
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")
        self._task: asyncio.Task[None] | None = None

    async def follow(self, verdict_id: int) -> AsyncGenerator[Step]:
        """Every step of the verdict from now on, the present one first; ends with the finished one."""
        queue = self._join(verdict_id)
        try:
            while True:
                step = await queue.get()
                yield step
                if step.is_finished:
                    return
        finally:
            self._leave(verdict_id, queue)

    def _join(self, verdict_id: int) -> asyncio.Queue[Step]:
        if sum(map(len, self._followers.values())) >= MAX_FOLLOWERS:
            raise TooManyFollowersError
        queue: asyncio.Queue[Step] = asyncio.Queue(maxsize=1)
        self._followers[verdict_id].add(queue)
        self._touch([verdict_id])
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return queue

    def _leave(self, verdict_id: int, queue: asyncio.Queue[Step]) -> None:
        self._followers[verdict_id].discard(queue)
        if not self._followers[verdict_id]:
            del self._followers[verdict_id]
        self._wake.set()

    def _touch(self, ids: Iterable[int]) -> None:
        self._moved.update(moved for moved in ids if moved in self._followers)
        self._wake.set()

    async def _run(self) -> None:
        listener = asyncio.create_task(self._listen())
        try:
            while self._followers:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), REREAD_S)
                await asyncio.sleep(GATHER_S)
                try:
                    await self._deliver()
                except Error:
                    # The database is away for a moment; the rows are read again when it is back.
                    logger.warning("verdicts could not be read for their followers", exc_info=True)
                    await asyncio.sleep(REREAD_S)
        finally:
            listener.cancel()

    async def _deliver(self) -> None:
        ids = set(self._moved) if self._wake.is_set() else set(self._followers)
        self._moved.clear()
        self._wake.clear()
        if not ids:
            return
        loop = asyncio.get_running_loop()
        for verdict_id, step in (await loop.run_in_executor(self._thread, _read, ids)).items():
            for queue in self._followers.get(verdict_id, ()):
                _replace(queue, step)

    async def _listen(self) -> None:
        """Collect what workers announce; a listener that loses its connection makes a new one."""
        while True:
            with suppress(psycopg.OperationalError):
                async with await _connect() as listening:
                    await listening.execute(f"listen {CHANNEL}")
                    # What was announced before is not heard any more.
                    self._touch(list(self._followers))
                    async for notification in listening.notifies():
                        self._touch([int(notification.payload.split()[0])])
            await asyncio.sleep(1)


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def watch() -> Watch:
    """The watch of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _watches:
        _watches[loop] = Watch()
    return _watches[loop]


def _read(ids: set[int]) -> dict[int, Step]:
    try:
        verdicts = Verdict.objects.filter(pk__in=ids).select_related("branch")
        steps = {verdict.pk: _step(verdict) for verdict in verdicts}
    finally:
        connection.close()
    # A verdict whose project was deleted while it ran moves no more; the page finds out when it asks again.
    return {verdict_id: steps.get(verdict_id, Step("", is_finished=True)) for verdict_id in ids}


def _step(verdict: Verdict) -> Step:
    html = render_to_string("checks/progress.html", {"progress": show_progress(verdict)})
    return Step(html, verdict.is_finished)


def _replace(queue: asyncio.Queue[Step], step: Step) -> None:
    """Only the newest step counts: a slow page skips what it missed."""
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(step)


async def _connect() -> psycopg.AsyncConnection[tuple[object, ...]]:
    options = connections["default"].settings_dict
    return await psycopg.AsyncConnection.connect(
        dbname=options["NAME"],
        user=options["USER"] or None,
        password=options["PASSWORD"] or None,
        host=options["HOST"] or None,
        port=options["PORT"] or None,
        autocommit=True,
    )
