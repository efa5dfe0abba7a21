"""What people chose about conflicts, every version of it, and what they tried out before."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.jobs.models import Job


class Resolution(models.Model):
    """One choice about one conflict. A later choice gets the next `version`; the newest one is `current`.

    A conflict's id says its object, attribute and three sides, so a choice holds
    while they stay as they are. `about` is the conflict as it was seen, so that a
    choice can be offered again when a side has changed: kind, object, attribute,
    base, ours, theirs. `choice` is as docs/command.md describes; null takes the choice back.
    """

    proposal = models.ForeignKey("proposals.Proposal", models.CASCADE, related_name="resolutions")
    conflict = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    choice = models.JSONField(null=True)
    about = models.JSONField(default=dict)
    note = models.TextField(blank=True, max_length=10_000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "conflict", "version"], name="resolution_version_once"
            ),
            models.UniqueConstraint(
                fields=["proposal", "conflict"], condition=Q(is_current=True), name="resolution_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conflict} v{self.version}"


class Trial(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class Preview(Job):
    """A merge with `choices` that nobody has saved: what would come of them. A worker makes it.

    `key` is the hash of heads and choices, so that the same question is asked once. What it ends in
    is kept by content, so that saving the choices after it runs nothing a second time.
    """

    proposal = models.ForeignKey("proposals.Proposal", models.CASCADE, related_name="previews")
    key = models.CharField(max_length=64)
    ours_commit = models.CharField(max_length=64)
    theirs_commit = models.CharField(max_length=64)
    choices = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=Trial.choices, default=Trial.WAITING)
    merge = models.ForeignKey("merges.Merge", models.SET_NULL, null=True, related_name="+")
    error = models.TextField(blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "key"], name="preview_once")]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.state}"
