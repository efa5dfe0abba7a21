"""Approved proposals on their way into the default branch."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.jobs.models import Job


class Stage(models.TextChoices):
    """WAITING for a worker or for those ahead, TESTING, PROVED on `tested_on`, HANDED to the forge that is to merge
    it; the others are ends.
    """

    WAITING = "waiting", "waiting"
    TESTING = "testing", "testing"
    PROVED = "proved", "proved"
    HANDED = "handed", "handed to the forge"
    LANDED = "landed", "landed"
    REFUSED = "refused", "refused"
    WITHDRAWN = "withdrawn", "withdrawn"


# Those that others are tested behind.
LINED_UP = (Stage.WAITING, Stage.TESTING, Stage.PROVED)
# All that have not ended; what was handed over holds up nobody.
ONGOING = (*LINED_UP, Stage.HANDED)


class QueueEntry(Job):
    """One proposal's turn. Entries are taken by id; `candidate` is the commit that would land.

    It was proved on `tested_on`: the default branch's head, or the candidate of the entry ahead.
    `merge` is what of both heads lands in it, `proof` what was run and how teammates mend their databases.
    `delivered` is the commit on the proposal's branch that the forge is to merge, noted before it is pushed.
    """

    STATE, RUNNING = "stage", Stage.TESTING

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="queue")
    proposal = models.ForeignKey("proposals.Proposal", models.CASCADE, related_name="queue_entries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    bypassed = models.TextField(blank=True, help_text="Why the policy was bypassed, where it was.")
    deletes_branch = models.BooleanField(default=False)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    head = models.CharField(max_length=64)
    change_hash = models.CharField(max_length=64, blank=True)
    tested_on = models.CharField(max_length=64, blank=True)
    candidate = models.CharField(max_length=64, blank=True)
    delivered = models.CharField(max_length=64, blank=True)
    merge = models.ForeignKey("merges.Merge", models.SET_NULL, null=True, related_name="+")
    proof = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    progress = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(stage__in=ONGOING), name="queue_once_per_proposal"
            ),
        ]
        indexes = [models.Index(fields=["project", "id"], condition=Q(stage__in=LINED_UP), name="queue_line")]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.stage}"

    @property
    def is_lined_up(self) -> bool:
        return self.stage in LINED_UP
