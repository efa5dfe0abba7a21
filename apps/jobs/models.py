"""What every row that a worker claims has in common."""

from typing import ClassVar

from django.db import models


class Job(models.Model):
    """A row that one worker at a time works on; its worker writes through `apps.jobs.claims`.

    `STATE` names the column that says how far it is, `WAITING` and `RUNNING` are the values of it before and
    during the work. All others are ends, or waits for something else.
    """

    STATE: ClassVar[str] = "state"
    WAITING: ClassVar[str] = "waiting"
    RUNNING: ClassVar[str] = "running"

    claimed_by = models.CharField(max_length=100, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True, help_text="Not before: the sandboxes were down.")
    attempts = models.PositiveSmallIntegerField(default=0)
    setbacks = models.PositiveSmallIntegerField(default=0, help_text="Times the sandboxes were down.")

    class Meta:
        abstract = True
