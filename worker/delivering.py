"""Sending what the outbox holds."""

from celery import current_app

from apps.notices.actions import TASK
from apps.notices.outbox import AT_ONCE, deliver_due


def deliver() -> None:
    """Send what is due; ask for another run where there is more than one run's worth."""
    if deliver_due() == AT_ONCE:
        current_app.send_task(TASK)
