"""Somebody wants a merged proposal undone: the row that a worker claims, and the proposal that it makes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.jobs.models import Job


class RevertState(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    REFUSED = "refused", "refused"


REVERTING = (RevertState.WAITING, RevertState.RUNNING)


class Revert(Job):
    """One wish to undo `proposal`. `made` is the proposal with the way back, `reason` why there is none."""

    proposal = models.ForeignKey("proposals.Proposal", models.CASCADE, related_name="reverts_wanted")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=RevertState.choices, default=RevertState.WAITING)
    made = models.ForeignKey("proposals.Proposal", models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(state__in=REVERTING), name="revert_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.state}"
