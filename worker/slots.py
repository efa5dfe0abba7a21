"""How many merges a host runs at once: one process is left to checks, which somebody who pushed waits for.

A slot is an advisory lock of the process's own session (Postgres manual, 13.3.5): one that dies
gives it back by itself.
"""

import socket
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.signals import celeryd_after_setup
from django.db import connection

_processes = 1


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]
def _count(instance: Any, **_: Any) -> None:
    """Before the pool forks, so that every process of it knows."""
    global _processes
    _processes = instance.concurrency or 1


@contextmanager
def merging_slot() -> Iterator[bool]:
    """Whether a merge may run now; until the end, where it may."""
    slot = next((each for each in range(max(1, _processes - 1)) if _try(each)), None)
    try:
        yield slot is not None
    finally:
        if slot is not None:
            _ask("select pg_catalog.pg_advisory_unlock(%s, %s)", slot)


def _try(slot: int) -> bool:
    return _ask("select pg_catalog.pg_try_advisory_lock(%s, %s)", slot)


def _ask(query: str, slot: int) -> bool:
    host = zlib.crc32(socket.gethostname().encode()) & 0x7FFFFFFF
    with connection.cursor() as cursor:
        cursor.execute(query, [host, slot])
        return bool(cursor.fetchone()[0])
