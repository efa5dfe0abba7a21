"""Sending what the outbox holds."""

from celery import current_app

from apps.notices.actions import TASK
from apps.notices.lanes import deliver_due, due_lanes


def deliver() -> None:
    """Send what is due; ask for another run where there is more than one run's worth.

    Where another worker sends, it is that one who asks.
    """
    if deliver_due() and due_lanes():
        current_app.send_task(TASK)
