"""What a forge sent: kept before anything is done about it."""

from django.db import models
from django.db.models import Q


class Arrival(models.Model):
    """One delivery whose signature was right. `identity` is the forge's id of it, so a second one is known as such.

    It belongs to a connection, or to an App alone where it is about the App itself. `body` is kept as it came,
    without secrets, to be read again; what it says is a hint and never more.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        PASSED_OVER = "passed_over", "passed over"
        FAILED = "failed", "failed"

    connection = models.ForeignKey("forges.Connection", models.CASCADE, null=True, related_name="arrivals")
    app = models.ForeignKey("forges.App", models.CASCADE, null=True, related_name="arrivals")
    identity = models.CharField(max_length=200)
    event = models.CharField(max_length=80)
    action = models.CharField(max_length=80, blank=True)
    actor = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=12)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    outcome = models.TextField(blank=True)
    runs = models.PositiveSmallIntegerField(default=0)
    repeats = models.PositiveIntegerField(default=0, help_text="Times the forge sent it again.")
    received_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "app", "identity"], name="forge_arrival_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(connection__isnull=False) | Q(app__isnull=False),
                name="forge_arrival_for_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "id"], condition=Q(state="waiting"), name="forge_arrival_waiting"
            ),
            models.Index(fields=["connection", "-id"], name="forge_arrival_log"),
            models.Index(fields=["received_at"], name="forge_arrival_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.action}".strip()
