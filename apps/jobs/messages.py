"""The messages that wake workers. A row is the truth; a message only says that there is one."""

from celery import current_app
from django.db import transaction


def enqueue(task: str, row_id: int) -> None:
    """Have a worker look at the row once it is committed. A broker that is away loses nothing: the sweep finds it."""
    transaction.on_commit(lambda: current_app.send_task(task, args=[row_id]), robust=True)
