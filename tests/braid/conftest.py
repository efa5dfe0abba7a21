"""The ASGI application as it is served, in the test's own process."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from braid.asgi import deliveries
from braid.deliveries import THREADS


@pytest.fixture
def served(transactional_db: None, memory_queue: None) -> Iterator[None]:
    """Its threads keep their connections to the database, which are closed here at the end."""
    yield
    asyncio.run(_close_all())


async def _close_all() -> None:
    together = threading.Barrier(THREADS)

    def close() -> None:
        together.wait()
        connection.close()

    await asyncio.gather(*(deliveries.threads.run(close) for _ in range(THREADS)))
