"""The row that is claimed, watched and shown: one branch head and what became of it."""

from django.db import models
from django.db.models import F, Q

from apps.checks.models.content import Judgement
from apps.jobs.models import Job


class State(models.TextChoices):
    """WAITING and RUNNING are on their way; the others are final for this row."""

    WAITING = "waiting", "waiting"
    RUNNING = "running", "running"
    PASSED = "passed", "passed"
    FAILED = "failed", "failed"
    UNUSABLE = "unusable", "unusable"
    ERROR = "error", "error"
    SUPERSEDED = "superseded", "superseded"


ACTIVE = (State.WAITING, State.RUNNING)
FINISHED = (State.PASSED, State.FAILED, State.UNUSABLE, State.ERROR)


class Verdict(Job):
    """One branch head against one base. FAILED and UNUSABLE are the team's to mend, ERROR is Braid's."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    branch = models.ForeignKey("repositories.Branch", models.CASCADE, related_name="verdicts")
    push = models.ForeignKey("repositories.Push", models.SET_NULL, null=True, related_name="verdicts")
    commit = models.CharField(max_length=64)
    base_commit = models.CharField(max_length=64, blank=True, help_text="Empty: judged against nothing.")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    headline = models.TextField(blank=True)
    judgement = models.ForeignKey(Judgement, models.SET_NULL, null=True, related_name="verdicts")
    stale = models.BooleanField(default=False, help_text="The base or the project's settings have moved on.")
    progress = models.JSONField(default=dict)
    subject = models.TextField(blank=True, help_text="The first line of the commit's message.")
    author = models.TextField(blank=True, help_text="The commit's author.")
    ahead = models.PositiveIntegerField(null=True, help_text="Commits that the base lacks.")
    behind = models.PositiveIntegerField(null=True, help_text="Commits of the base that the branch lacks.")
    error = models.TextField(blank=True)

    requested_at = models.DateTimeField()
    enqueued_at = models.DateTimeField(null=True)
    enqueues = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    job_ms = models.FloatField(null=True, help_text="From claim to the saved judgement.")
    server_ms = models.FloatField(null=True, help_text="Postgres's own time for the statements.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["branch"], condition=Q(state__in=ACTIVE), name="verdict_one_active_per_branch"
            ),
        ]
        indexes = [
            models.Index(F("branch"), F("id").desc(), name="verdict_latest"),
            models.Index(fields=["project", "commit"], name="verdict_commit"),
            models.Index(fields=["enqueued_at"], condition=Q(state__in=ACTIVE), name="verdict_active"),
            models.Index(fields=["requested_at"], condition=Q(stale=True), name="verdict_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.commit[:12]} {self.state}"

    @property
    def is_finished(self) -> bool:
        return self.state not in ACTIVE
