"""Keeping a claim alive while its job runs, telling how far it is, and hearing when it was taken back.

A thread with a database connection of its own does the writing, so the job is
never slowed down by it and a statement of an hour still has a pulse.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from django.db import Error, connection

logger = logging.getLogger(__name__)

TICK_S = 0.2
PULSE_TICKS = 15


class ClaimLost(Exception):
    """The job is no longer this worker's: superseded, or given to another."""


class Heartbeat:
    """Context manager around a job. `tell` is its progress, `check` raises once the claim is lost.

    `beat` writes that the claim is alive, and how far it is, and says whether it still is.
    """

    def __init__(self, name: str, beat: Callable[[Mapping[str, Any] | None], bool]) -> None:
        self._name = name
        self._write_beat = beat
        self._told: Mapping[str, Any] | None = None
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat of {name}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def is_lost(self) -> bool:
        return self._lost.is_set()

    def tell(self, progress: Mapping[str, Any]) -> None:
        """Remember how far the job is; written at the next tick. Raises ClaimLost."""
        self._told = progress
        self.check()

    def check(self) -> None:
        if self.is_lost:
            raise ClaimLost(f"{self._name} was taken back")

    def _beat(self) -> None:
        try:
            silent = 0
            while not self._ended.wait(TICK_S):
                silent += 1
                told, self._told = self._told, None
                if told is not None or silent >= PULSE_TICKS:
                    silent = 0
                    self._write(told)
        finally:
            connection.close()

    def _write(self, told: Mapping[str, Any] | None) -> None:
        """One row; a database that is away for a moment ends neither the thread nor the job."""
        try:
            if not self._write_beat(told):
                self._lost.set()
        except Error:
            logger.warning("heartbeat of %s not written", self._name, exc_info=True)
            connection.close()
