"""Reasons to look at a forge: counted with what gave them, dealt with by a worker after the commit."""

from django.db import connection as database

from apps.jobs.messages import enqueue

FOLLOW, FOLLOW_APP = "worker.follow_forge", "worker.follow_app"


WAKE = "update forges_connection set wanted = wanted + 1 where id"
WAITING = "returning wanted - seen as waiting"


def wake(connection_id: int) -> None:
    """Have the connection looked at: one reason more than were dealt with."""
    with database.cursor() as cursor:
        cursor.execute(f"{WAKE} = %s {WAITING}", [connection_id])
        found = cursor.fetchone()
    if found:
        send_first(connection_id, found[0])


def send_first(connection_id: int, waiting: int | None) -> None:
    """Only the first of those that wait sends a message: who looks goes on until none is left, and the sweep
    makes up for a message that was lost.
    """
    if waiting == 1:
        enqueue(FOLLOW, connection_id)


def wake_app(app_id: int) -> None:
    enqueue(FOLLOW_APP, app_id)
