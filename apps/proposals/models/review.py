"""Who has to agree to a proposal, and who has."""

from django.conf import settings
from django.db import models


class Answer(models.TextChoices):
    APPROVE = "approve", "approved"
    REQUEST_CHANGES = "request_changes", "requested changes"
    COMMENT = "comment", "commented"


class Review(models.Model):
    """One person's answer. An approval holds for `change_hash`, the schema change that it saw, not for a commit.

    It is dismissed, never removed, when the change is another one or somebody says so.
    """

    proposal = models.ForeignKey("proposals.Proposal", models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    answer = models.CharField(max_length=16, choices=Answer.choices)
    body = models.TextField(blank=True, max_length=60_000)
    change_hash = models.CharField(max_length=64, blank=True)
    head = models.CharField(max_length=64)
    diff = models.ForeignKey("checks.Diff", models.SET_NULL, null=True, related_name="+")
    merge = models.ForeignKey("merges.Merge", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_because = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["proposal", "id"], name="review_by_proposal")]

    def __str__(self) -> str:
        return f"{self.author_id} {self.answer}"


class ReviewRequest(models.Model):
    """Somebody is asked for a review: by Braid as an owner (`by` is null) or by a person.

    `answered_at` is empty while the answer is awaited; a dismissed approval is asked for again.
    """

    proposal = models.ForeignKey("proposals.Proposal", models.CASCADE, related_name="review_requests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    because = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "user"], name="review_request_once"),
        ]
        indexes = [
            models.Index(fields=["user"], condition=models.Q(answered_at=None), name="review_request_awaited")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.proposal_id}"


class Bypass(models.Model):
    """Somebody who may lets a change land without what the policy asks, for that `change_hash` only.

    `missing` is what the policy still asked for then; the row stays, whatever becomes of the proposal.
    """

    proposal = models.ForeignKey("proposals.Proposal", models.CASCADE, related_name="bypasses")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(max_length=10_000)
    missing = models.JSONField(default=list)
    change_hash = models.CharField(max_length=64)
    head = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.proposal_id} by {self.by_id}"


def default_checks() -> list[str]:
    return ["replay"]


class Policy(models.Model):
    """What a project asks before a proposal lands, as set on its settings page; `braid.toml` may ask for more.

    `owners` is a text in the manner of CODEOWNERS: a pattern of objects, then people or teams, one a line.
    """

    project = models.OneToOneField("projects.Project", models.CASCADE, related_name="policy")
    approvals = models.PositiveSmallIntegerField(default=1)
    self_approval = models.BooleanField(default=False)
    risky_approvals = models.PositiveSmallIntegerField(
        default=0, help_text="More of them where data is at risk."
    )
    large_rows = models.BigIntegerField(default=100_000, help_text="From how many on a table is large.")
    large_megabytes = models.BigIntegerField(default=100, help_text="Or from how many of 1,024² bytes on.")
    owners = models.TextField(blank=True, max_length=60_000)
    required_checks = models.JSONField(default=default_checks)
    bypass_role = models.PositiveSmallIntegerField(default=40, help_text="The least role that may bypass.")
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.approvals} approvals"
