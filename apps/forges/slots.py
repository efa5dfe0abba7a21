"""How many conversations with one forge go on at once, over all workers: advisory locks of the database.

Manual: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

SPACE = 0x0F09


@contextmanager
def slot(base_url: str) -> Iterator[bool]:
    """Whether there is room for one more; it is taken until the block ends."""
    taken = next((key for key in _keys(base_url) if _try(key)), None)
    try:
        yield taken is not None
    finally:
        if taken is not None:
            _run("select pg_advisory_unlock(%s, %s)", taken)


def _keys(base_url: str) -> Iterator[int]:
    # Whatever stands behind it, one host is one forge.
    host = urlsplit(base_url).netloc.lower()
    first = zlib.crc32(host.encode()) & 0x7FFFFF00
    return iter(range(first, first + settings.FORGE_CONVERSATIONS))


def _try(key: int) -> bool:
    return _run("select pg_try_advisory_lock(%s, %s)", key)


def _run(query: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query, [SPACE, key])
        return bool(cursor.fetchone()[0])
