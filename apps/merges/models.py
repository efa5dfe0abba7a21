"""Merges of two heads: what each gave, kept under its content, and which pairs of open branches are to be merged.

A `Meeting` is one cell of the radar and the row that is claimed: two branches, the heads that
were last merged, and what became of it. Pairs whose `Footprint`s have nothing in common have no
row: nothing of theirs can collide, and nothing was run for them.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from apps.checks.models import Diff
from apps.jobs.models import Job


class Outcome(models.TextChoices):
    """The verdict of a merge, `sandbox.merging.Verdict`, and UNUSABLE where a side has no runnable history."""

    CLEAN = "clean", "clean"
    REWRITTEN = "rewritten", "rewritten"
    CONFLICT = "conflict", "conflict"
    BROKEN = "broken", "broken"
    UNUSABLE = "unusable", "unusable"


class Merge(models.Model):
    """One merge of three histories, with what people chose: same input, no second run.

    `body` is the compressed document that docs/command.md describes (`sandbox.merging.document`) with
    what pages show of each conflict; `diff` leads from ours to the merged catalog. `risk` is what landing it
    costs (`sandbox.merging.risk`), null while that can't be told.
    """

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, help_text="Hash of the three histories and the choices.")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    order_matters = models.BooleanField(default=False)
    headline = models.TextField()
    objects_in_conflict = ArrayField(models.TextField(), default=list)
    collisions = models.JSONField(
        default=list, help_text="Key and object of each conflict; the key is the same whichever side is ours."
    )
    change_hash = models.CharField(
        max_length=64, blank=True, help_text="Of what the merge does to ours, wherever ours stands."
    )
    diff = models.ForeignKey(Diff, models.CASCADE, null=True, related_name="+")
    risk = models.JSONField(null=True)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="merge_once")]

    def __str__(self) -> str:
        return self.headline


class State(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    ERROR = "error", "error"


ACTIVE = (State.WAITING, State.RUNNING)


class Meeting(Job):
    """Two open branches that may collide: `ours` is the default branch, or the one that was there first.

    `merge` is what the heads give by themselves, `resolved` what they give with `choices`
    (resolutions by conflict id, see docs/command.md). `since` is when the pair began to collide.
    """

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    ours = models.ForeignKey("repositories.Branch", models.CASCADE, related_name="meetings_as_ours")
    theirs = models.ForeignKey("repositories.Branch", models.CASCADE, related_name="meetings_as_theirs")
    ours_commit = models.CharField(max_length=64)
    theirs_commit = models.CharField(max_length=64)
    choices = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    merge = models.ForeignKey(Merge, models.SET_NULL, null=True, related_name="+")
    resolved = models.ForeignKey(Merge, models.SET_NULL, null=True, related_name="+")
    merged_ours = models.CharField(max_length=64, blank=True, help_text="The heads that `merge` is about.")
    merged_theirs = models.CharField(max_length=64, blank=True)
    since = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    requested_at = models.DateTimeField()
    enqueued_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    job_ms = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ours", "theirs"], name="meeting_once"),
            models.CheckConstraint(condition=~Q(ours=models.F("theirs")), name="meeting_of_two"),
        ]
        indexes = [
            models.Index(fields=["project"], name="meeting_by_project"),
            models.Index(fields=["enqueued_at"], condition=Q(state__in=ACTIVE), name="meeting_active"),
        ]

    def __str__(self) -> str:
        return f"{self.ours_id} with {self.theirs_id}: {self.state}"

    @property
    def is_current(self) -> bool:
        """Whether `merge` is about the heads as they are wanted."""
        return self.state == State.DONE and (self.merged_ours, self.merged_theirs) == (
            self.ours_commit,
            self.theirs_commit,
        )

    @property
    def result(self) -> Merge | None:
        """The merge with what people chose, where they chose, else the bare one."""
        return self.resolved or self.merge


class Footprint(models.Model):
    """What a branch touches since it left the default branch: two that share nothing can't collide.

    `objects_touched` are `Footprint.marks`, none of them for a branch that does not replay.
    `everything` is true where that can't be told (`schemata.merge.footprint`): it meets all others.
    """

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    branch = models.OneToOneField("repositories.Branch", models.CASCADE, related_name="footprint")
    commit = models.CharField(max_length=64)
    fork = models.CharField(max_length=64, blank=True)
    objects_touched = ArrayField(models.TextField(), default=list)
    everything = models.BooleanField(default=False)
    reason = models.TextField(blank=True, help_text="Why it is everything.")
    enqueued_at = models.DateTimeField(null=True, help_text="When the sweep asked for it last.")

    class Meta:
        indexes = [
            models.Index(fields=["project"], name="footprint_by_project"),
            GinIndex(fields=["objects_touched"], name="footprint_objects"),
        ]

    def __str__(self) -> str:
        return f"{len(self.objects_touched)} objects"
