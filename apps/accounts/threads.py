"""The blocking half of an ASGI application, the database and libgit2, in threads of its own beside the event loop.

Each thread keeps its connection from call to call, since connecting costs more than a few queries do.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import Error, connection

P = ParamSpec("P")
R = TypeVar("R")


# A connection that was good so lately is not asked whether it still is: in a burst that would be a question a call.
TRUSTED_S = 1.0
_last = threading.local()


class Threads:
    """At most `most` threads; what comes while all are busy waits for its turn."""

    def __init__(self, most: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=most, thread_name_prefix=name)

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a few queries with a database connection that works."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: _with_connection(function, *args, **kwargs))


def _with_connection(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    is_trusted = time.monotonic() - getattr(_last, "used", 0.0) < TRUSTED_S
    if connection.connection is not None and not is_trusted and not connection.is_usable():
        connection.close()
    try:
        result = function(*args, **kwargs)
    except Error:
        # What state the connection is in is unknown now.
        connection.close()
        raise
    _last.used = time.monotonic()
    return result
