"""What a push left behind: its row, the refs it moved, and where each branch stands.

The refs on disk are the truth; these rows follow them (`actions.record_push`,
`actions.reconcile`) and carry what git does not know: who pushed, and when.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Push(models.Model):
    """One accepted `git push`, or one write by Braid itself (then `pusher` is null).

    `settled` turns true when every branch that it moved has its verdict in hand;
    until then the sweeper hands it to a worker again.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="pushes")
    pusher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="pushes"
    )
    received_at = models.DateTimeField(auto_now_add=True)
    settled = models.BooleanField(default=False)
    # When the sweeper last handed it to a worker; null where that was only done as it came.
    enqueued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["project", "-received_at"], name="push_by_project"),
            models.Index(fields=["received_at"], name="push_unsettled", condition=Q(settled=False)),
        ]

    def __str__(self) -> str:
        return f"push {self.pk} to {self.project_id}"


class RefUpdate(models.Model):
    """One ref that a push moved; `before` or `after` is empty where the ref did not exist."""

    class Kind(models.TextChoices):
        CREATED = "created"
        UPDATED = "updated"
        FORCED = "forced"
        DELETED = "deleted"

    push = models.ForeignKey(Push, on_delete=models.CASCADE, related_name="updates")
    ref = models.CharField(max_length=250)
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["push", "ref"], name="one_update_per_ref_and_push"),
            models.CheckConstraint(
                condition=Q(kind__in=["created", "updated", "forced", "deleted"]), name="ref_update_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.kind}"

    @property
    def branch_name(self) -> str:
        """The branch that moved, or empty for a tag."""
        return self.ref.removeprefix("refs/heads/") if self.ref.startswith("refs/heads/") else ""


class Branch(models.Model):
    """A branch by name. A deleted one keeps its row, so that its history stays readable."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="branches")
    name = models.CharField(max_length=239)
    head = models.CharField(max_length=64)
    pushed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    pushed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pushed_at"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_row_per_branch")]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.name}"

    @property
    def is_default(self) -> bool:
        return bool(self.name == self.project.default_branch)
