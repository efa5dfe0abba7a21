"""Pull requests of a connected repository, as the forge showed them last."""

from django.db import models

from forges import Pull, PullState

STATES = [(state.value, state.value) for state in PullState]


class PullRequest(models.Model):
    """`branch` is where Braid keeps its head: the branch of the same name, or `pull/N` for one from a fork.

    `proposal` is None for one that asks to be merged into another branch than the default one, and as long as there
    is nothing of it to merge; `trouble` says so. Which comment Braid edits stands in its entry of the outbox.
    """

    connection = models.ForeignKey("forges.Connection", models.CASCADE, related_name="pulls")
    number = models.PositiveIntegerField()
    title = models.TextField()
    state = models.CharField(max_length=8, choices=STATES)
    is_draft = models.BooleanField(default=False)
    head_ref = models.TextField()
    head_sha = models.CharField(max_length=64)
    head_repository = models.TextField(blank=True)
    is_fork = models.BooleanField(default=False)
    can_edit = models.BooleanField(default=False)
    base_ref = models.TextField()
    ref = models.CharField(max_length=200, blank=True, help_text="Where git finds the head on the forge.")
    author = models.CharField(max_length=200, blank=True)
    author_account = models.CharField(max_length=80, blank=True, help_text="The forge's id of the author.")
    web_url = models.CharField(max_length=800)
    branch = models.ForeignKey("repositories.Branch", models.SET_NULL, null=True, related_name="+")
    proposal = models.OneToOneField("proposals.Proposal", models.SET_NULL, null=True, related_name="pull")
    trouble = models.TextField(blank=True)
    is_waiting = models.BooleanField(default=False, help_text="A stranger's, beyond how many are judged.")
    is_let_in = models.BooleanField(default=False, help_text="A maintainer has it judged all the same.")
    pressed = models.JSONField(
        default=dict, help_text="Why a button that somebody pressed did nothing (`told`), on which `head`."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["connection", "number"], name="forge_pull_once")]
        indexes = [models.Index(fields=["connection", "state"], name="forge_pull_open")]

    def __str__(self) -> str:
        return f"#{self.number} {self.title}"

    def as_pull(self) -> Pull:
        """What the forge said last; the body is not kept."""
        return Pull(
            number=self.number,
            title=self.title,
            body="",
            state=PullState(self.state),
            is_draft=self.is_draft,
            head_ref=self.head_ref,
            head_sha=self.head_sha,
            head_repository=self.head_repository,
            is_fork=self.is_fork,
            base_ref=self.base_ref,
            author=self.author,
            author_account=self.author_account,
            web_url=self.web_url,
            ref=self.ref,
            can_edit=self.can_edit,
        )
