"""The queue: which broker Celery talks to, and the tables of pgmq when that is the app's own Postgres.

With no BROKER_URL the queue lives in the app's database (kombu's pgmq transport), so that nothing else has
to run. RabbitMQ (`amqp://`) and Redis (`redis://`) are taken as they are.
"""

from importlib import resources
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

PGMQ = "pgmq://"
JOB_LIMIT_S = 900
# A message that is not acknowledged in this time is given to another worker. It must outlast the longest job,
# or that job would be started a second time while it still runs. Jobs of a worker that died are not left to
# it: the sweep re-enqueues them as soon as their heartbeat is old.
VISIBILITY_TIMEOUT_S = JOB_LIMIT_S + 60


class ForeignQueue(Exception):
    """The database has a pgmq schema that Braid did not make."""


def transport_class(broker_url: str) -> str | None:
    """The kombu transport to use instead of what the URL names; None for that."""
    return "braid.pgmq:Transport" if broker_url.startswith(PGMQ) else None


def transport_options(broker_url: str, database: dict[str, Any]) -> dict[str, Any]:
    """What kombu needs to know about the broker at `broker_url`; `database` is the app's, as libpq parameters."""
    if broker_url.startswith(PGMQ):
        return {
            "conninfo": make_conninfo(**{"host": "localhost", **database}),
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
            "wait_time_seconds": 0,
            "use_notify": True,
            "notify_throttle_interval_ms": 0,
        }
    if broker_url.startswith("redis"):
        return {
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
            "unacked_restore_throttle": 1,
            "unacked_restore_interval": 2,
        }
    return {}


def install_pgmq(connection: psycopg.Connection[Any]) -> bool:
    """Create pgmq's schema, or replace that of another version; True if something was done.

    Replacing drops the messages. None is lost for good: a message only repeats what a row says, and the
    sweep enqueues again what waits.
    """
    wanted = f"braid: pgmq {resources.files('pgmq').joinpath('sql', 'VERSION').read_text().strip()}"
    with connection.transaction():
        connection.execute("select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('braid.pgmq'))")
        found = _installed(connection)
        if found == wanted:
            return False
        if found is not None and not found.startswith("braid: "):
            raise ForeignQueue(
                "The app's database has a schema `pgmq` that Braid did not create. Give Braid a database of its "
                "own in DATABASE_URL, or another broker in BROKER_URL."
            )
        connection.execute("drop schema if exists pgmq cascade")
        connection.execute(resources.files("pgmq").joinpath("sql", "pgmq.sql").read_text().encode())
        connection.execute(sql.SQL("comment on schema pgmq is {}").format(sql.Literal(wanted)))
    return True


def _installed(connection: psycopg.Connection[Any]) -> str | None:
    row = connection.execute(
        "select coalesce(pg_catalog.obj_description(oid, 'pg_namespace'), '') "
        "from pg_catalog.pg_namespace where nspname = 'pgmq'"
    ).fetchone()
    return row[0] if row else None
