"""The blocking half, the database and libgit2, in threads of its own beside the event loop.

Each thread keeps its connection from call to call, since a git command makes
several requests and connecting costs more than the queries do.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connection

P = ParamSpec("P")
R = TypeVar("R")

_threads = ThreadPoolExecutor(max_workers=6, thread_name_prefix="githost")
_reading = ThreadPoolExecutor(max_workers=2, thread_name_prefix="githost-reading")


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a few queries with a database connection that works."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, lambda: _with_connection(function, *args, **kwargs))


async def in_reading_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run what may take seconds; nobody who only signs in waits behind it."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_reading, lambda: _with_connection(function, *args, **kwargs))


def _with_connection(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    if connection.connection is not None and not connection.is_usable():
        connection.close()
    try:
        return function(*args, **kwargs)
    except DatabaseError:
        # What state the connection is in is unknown now.
        connection.close()
        raise
