"""Reasons to look at a forge: counted with what gave them, dealt with by a worker after the commit."""

from django.db import connection as database

from apps.jobs.messages import enqueue

FOLLOW, FOLLOW_APP = "worker.follow_forge", "worker.follow_app"


def wake(connection_id: int) -> None:
    """Have the connection looked at: one reason more than were dealt with.

    Only the first of those that wait sends a message: who looks goes on until none is left, and the sweep
    makes up for a message that was lost.
    """
    query = "update forges_connection set wanted = wanted + 1 where id = %s returning wanted - seen"
    with database.cursor() as cursor:
        cursor.execute(query, [connection_id])
        found = cursor.fetchone()
    if found and found[0] == 1:
        enqueue(FOLLOW, connection_id)


def wake_app(app_id: int) -> None:
    enqueue(FOLLOW_APP, app_id)
