"""The session in which a catalog is read: pinned, so that nothing a team made can run or change the text.

Planted functions and operators are found through search_path only, so it holds
pg_catalog alone (pg_temp is named last, or Postgres would put it first). What
deparsing depends on (date style, time zone...) is fixed, so that the same
database gives the same bytes. All settings end with the transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg.pq import TransactionStatus

SETTINGS = {
    "search_path": "pg_catalog, pg_temp",
    "client_encoding": "UTF8",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "lc_monetary": "C",
    "xmlbinary": "base64",
    "xmloption": "content",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    # Compiling catalog queries costs more than running them.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "work_mem": "64MB",
}

PIN = b"select " + b", ".join(
    f"pg_catalog.set_config('{name}', '{value}', true)".encode() for name, value in SETTINGS.items()
)
_SNAPSHOT = b"set transaction isolation level repeatable read, read only"


@contextmanager
def pinned(connection: "Connection[Any]") -> Iterator[None]:
    """A pipeline whose queries all see one snapshot, with `SETTINGS` in force.

    A transaction that is already open is used by way of a savepoint, and then its
    own isolation level holds. Either way nothing stays behind.
    """
    idle = connection.info.transaction_status == TransactionStatus.IDLE
    with connection.pipeline(), connection.transaction(force_rollback=True):
        if idle:
            connection.execute(_SNAPSHOT)
        connection.execute(PIN)
        yield
