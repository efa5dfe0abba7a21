"""What the forge is to be told: one row for each place on the forge, not for each message."""

from django.db import models
from django.db.models import F, Q


class Entry(models.Model):
    """A commit's checks (`sha`), or a pull request's comment (`pull`), that should show how things stand now.

    What happens leaves a Wish in its own transaction, which adds one to `wanted`; a worker writes to the forge what is
    true at that moment and sets `sent` to the `wanted` that it saw. So what was overtaken is never sent,
    nothing older comes after something newer, and what was not sent stays wanted however long the forge is down.
    `written` keeps, by name, the forge's id and the digest of what it shows.
    """

    connection = models.ForeignKey("forges.Connection", models.CASCADE, related_name="entries")
    sha = models.CharField(max_length=64, blank=True)
    pull = models.ForeignKey("forges.PullRequest", models.CASCADE, null=True, related_name="entries")
    wanted = models.PositiveBigIntegerField(default=1)
    sent = models.PositiveBigIntegerField(default=0)
    written = models.JSONField(default=dict)
    wanted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "sha"], condition=~Q(sha=""), name="forge_entry_commit"
            ),
            models.UniqueConstraint(fields=["pull"], name="forge_entry_pull"),
            models.CheckConstraint(
                condition=(Q(pull__isnull=True) & ~Q(sha="")) | (Q(pull__isnull=False) & Q(sha="")),
                name="forge_entry_for_one",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(wanted__gt=F("sent")), name="forge_entry_due")]

    def __str__(self) -> str:
        return self.sha or f"comment of {self.pull_id}"

    @property
    def is_due(self) -> bool:
        return self.wanted > self.sent


class Wish(models.Model):
    """Something happened that an entry is about; a row that nobody else waits for, until it is taken up."""

    connection = models.ForeignKey("forges.Connection", models.CASCADE, related_name="wishes")
    sha = models.CharField(max_length=64, blank=True)
    pull = models.ForeignKey("forges.PullRequest", models.CASCADE, null=True, related_name="+")
    wanted_at = models.DateTimeField()
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha or f"comment of {self.pull_id}"
