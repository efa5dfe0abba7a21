"""The messages that wake workers. A row is the truth; a message only says that there is one."""

from collections.abc import Iterable

from celery import current_app
from django.db import transaction

REMINDER_EXPIRES_S = 120


def enqueue(task: str, row_id: int) -> None:
    """Have a worker look at the row once it is committed. A broker that is away loses nothing: the sweep finds it."""
    transaction.on_commit(lambda: current_app.send_task(task, args=[row_id]), robust=True)


def remind(task: str, row_ids: Iterable[int]) -> int:
    """Have workers look at rows that still wait, as each sweep does; how many those are.

    Workers that are busy would find many messages a row, so each expires once others have long come after it.
    """
    found = list(row_ids)
    for row_id in found:
        current_app.send_task(task, args=[row_id], expires=REMINDER_EXPIRES_S)
    return len(found)
