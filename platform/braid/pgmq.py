"""kombu's pgmq transport inside Celery's event loop.

kombu's own blocks while it waits, so Celery would run its processes on one shared pipe with one shared lock: a
process that is killed while it holds that lock (any idle one does) stops all others for good. In the event
loop each process has a pipe of its own. Notifications of the server wake the loop, which then reads.
"""

import contextlib
from queue import Empty
from typing import Any

import psycopg
from kombu.transport import pgmq
from pgmq import PGMQueue
from psycopg import sql
from psycopg_pool import ConnectionPool

# For what comes without a notification: a message that became visible again.
POLL_S = 1.0
CONNECTIONS = 4


class Channel(pgmq.Channel):
    def _maybe_enable_notify(self, queue: str, queue_name: str | None = None) -> None:
        """Only where messages are taken: kombu asks in every process that sends, too, and nobody reads there."""
        declared_only = queue_name is not None
        if not declared_only:
            super()._maybe_enable_notify(queue)  # type: ignore[no-untyped-call]

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        super().basic_ack(delivery_tag, multiple)  # type: ignore[no-untyped-call]
        self.connection.drain_soon()


class Transport(pgmq.Transport):
    Channel = Channel
    implements = pgmq.Transport.implements.extend(asynchronous=True)

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)  # type: ignore[no-untyped-call]
        self._loop: Any = None
        self._timer: Any = None
        self._listener: psycopg.Connection[Any] | None = None
        self._pool: ConnectionPool | None = None

    @property
    def _conninfo(self) -> str:
        return str(self._options["conninfo"])

    @property
    def _options(self) -> dict[str, Any]:
        assert self.client is not None
        return dict(self.client.transport_options)

    def _create_pgmq_client(self) -> PGMQueue:
        """pgmq's own client would drop TLS settings and stumble over a space in a password or a path."""
        self._pool = ConnectionPool(self._conninfo, min_size=1, max_size=CONNECTIONS, open=True)
        timeout_s = self._options["visibility_timeout"]
        return PGMQueue(conn_string="", pool=self._pool, vt=timeout_s, init_extension=False)

    def _get_notify_waiter(self) -> Any:
        """For a consumer without an event loop; a worker of Braid has one."""
        if self._notify_waiter is None:
            self._notify_waiter = pgmq._NotifyWaiter(self._conninfo)
        return self._notify_waiter

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        self._loop = loop
        self._timer = loop.call_repeatedly(POLL_S, self._drain)

    def _register_notify_queue(self, queue_name: str) -> None:
        if self._loop is None:
            super()._register_notify_queue(queue_name)
            return
        if self._listener is None:
            self._listener = psycopg.connect(self._conninfo, autocommit=True)
            self._loop.add_reader(self._listener.fileno(), self._on_notification)
        self._listener.execute(sql.SQL("listen {}").format(sql.Identifier(f"pgmq.q_{queue_name}.INSERT")))

    def _on_notification(self) -> None:
        """Throw the notifications away: that there was one is all they say."""
        assert self._listener is not None
        self._listener.pgconn.consume_input()
        while self._listener.pgconn.notifies():
            pass
        self._drain()

    def drain_soon(self) -> None:
        """There is room for one more message: fetch it before anything wakes us.

        By a timer: Celery acknowledges in what the loop calls soon, and what is asked for there is called
        only after the loop has slept.
        """
        if self._loop is not None:
            self._loop.call_later(0, self._drain)

    def _drain(self) -> None:
        """Take what is there. The next look comes after the loop has given the tasks to their processes."""
        if self._loop is None or self.cycle is None:
            return
        with contextlib.suppress(Empty):
            self.cycle.get(self._deliver, timeout=0)  # type: ignore[no-untyped-call]
            self._loop.call_soon(self._drain)

    def close_connection(self, connection: Any) -> None:
        loop, self._loop = self._loop, None
        if self._timer is not None:
            self._timer.cancel()
        if self._listener is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                loop.remove_reader(self._listener.fileno())
            self._listener.close()
            self._listener = None
        super().close_connection(connection)
        if self._pool is not None:
            self._pool.close()
            self._pool = None
