"""A proposal, its labels, its discussion and its timeline."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    """OPEN and QUEUED ask to be merged; MERGED and CLOSED are the ends, and only CLOSED can be opened again."""

    OPEN = "open", "open"
    QUEUED = "queued", "queued"
    MERGED = "merged", "merged"
    CLOSED = "closed", "closed"


ASKING = (State.OPEN, State.QUEUED)


class Label(models.Model):
    """A word that a project's proposals can be marked with; `colour` is one of the names in variables.css."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="labels")
    name = models.CharField(max_length=50)
    colour = models.CharField(max_length=20, default="grey")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="label_once")]

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """A branch that asks to be merged into the default branch. `number` counts within the project.

    `head` is the branch's commit that the proposal stands for, `base` the target's commit
    when it was last looked at. `merged_commit` is the commit that landed it, `kept` the merge as it
    stood when the proposal ended: the branches move on.
    """

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="proposals")
    number = models.PositiveIntegerField()
    branch = models.ForeignKey("repositories.Branch", models.CASCADE, related_name="proposals")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=60_000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="proposals")
    labels = models.ManyToManyField(Label, blank=True, related_name="proposals")
    is_draft = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    head = models.CharField(max_length=64)
    base = models.CharField(max_length=64, blank=True)
    reverts = models.ForeignKey("self", models.SET_NULL, null=True, related_name="reverted_by")
    merged_commit = models.CharField(max_length=64, blank=True)
    kept = models.ForeignKey("merges.Merge", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="proposal_number_in_project"),
            models.UniqueConstraint(
                fields=["branch"], condition=Q(state__in=ASKING), name="proposal_one_asking_per_branch"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="proposal_state_known"),
        ]
        indexes = [models.Index(fields=["project", "state", "-number"], name="proposal_list")]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}proposals/{self.number}/"

    @property
    def is_asking(self) -> bool:
        return self.state in ASKING

    @property
    def label_names(self) -> list[str]:
        return sorted(label.name for label in self.labels.all())


class Subscription(models.Model):
    """Who hears of a proposal; `muted` stays when somebody has had enough of it."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    muted = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="subscription_once")]

    def __str__(self) -> str:
        return f"{self.user_id} of {self.proposal_id}"


class Event(models.Model):
    """One line of a proposal's timeline, append-only. `actor` is null where Braid did it; `data` depends on `kind`."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["proposal", "id"], name="event_timeline")]

    def __str__(self) -> str:
        return self.kind


class Comment(models.Model):
    """What somebody says, about the proposal or about one object of its diff (`address`, as `str(Address)`).

    `conflict` is the id of the conflict that is discussed, empty for any other comment. `thread` is the first
    comment of those that belong together, null in that one itself, which also says whether they are resolved.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    body = models.TextField(max_length=60_000)
    address = models.TextField(blank=True)
    conflict = models.CharField(max_length=64, blank=True)
    head = models.CharField(max_length=64, help_text="The commit that it was said about.")
    thread = models.ForeignKey("self", models.CASCADE, null=True, related_name="answers")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["proposal", "id"], name="comment_by_proposal")]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def is_resolved(self) -> bool:
        """Of the first one of a thread."""
        return self.resolved_at is not None
