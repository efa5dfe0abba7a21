"""A project's repository on a forge, and the GitHub Apps that speak for several."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from forges import Kind

KINDS = [
    (kind.value, label) for kind, label in zip(Kind, ("GitHub", "GitLab", "Gitea", "Bitbucket"), strict=True)
]

# What is long where a repository has many branches, and what only a look at the forge needs.
BULKY = ("mirrored", "passed_over")


class Landing(models.TextChoices):
    """How an approved proposal gets to the forge's default branch."""

    TARGET = "target", "Braid pushes the merge to the default branch"
    BRANCH = "branch", "Braid pushes to the pull request's branch, people merge on the forge"
    FORGE = "forge", "Braid pushes to the pull request's branch, then merges through the forge"


class App(models.Model):
    """A GitHub App that a team registered. `key` names its webhook address; secrets are sealed."""

    team = models.ForeignKey("teams.Team", models.CASCADE, related_name="forge_apps")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    base_url = models.CharField(max_length=300)
    number = models.CharField(max_length=40, help_text="The App's id on the forge.")
    slug = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    private_key = models.TextField(help_text="Sealed PEM.")
    secret = models.TextField(help_text="Sealed; signs its deliveries.")
    former_secret = models.TextField(blank=True, help_text="Sealed; still good while a rotation goes on.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["base_url", "number"], name="forge_app_once")]

    def __str__(self) -> str:
        return f"{self.name} on {self.base_url}"


class Installation(models.Model):
    """An App on one account of the forge; gone or suspended ones are kept, so that their projects can say so."""

    app = models.ForeignKey(App, models.CASCADE, related_name="installations")
    number = models.CharField(max_length=40)
    account = models.CharField(max_length=200)
    is_suspended = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app", "number"], name="forge_installation_once")]

    def __str__(self) -> str:
        return f"{self.account} ({self.number})"

    @property
    def is_usable(self) -> bool:
        return not self.is_suspended and self.removed_at is None


class Connection(models.Model):
    """The repository on a forge that a project follows: the forge is the truth, Braid's repository mirrors it.

    It speaks either for an App's `installation` or with a sealed `token`. `mirrored` names the branches that came
    from the forge, and go when they go there. `passed_over` holds the heads of branches that stood there when it
    was connected and that nobody has asked about: one is looked at when it moves. `refused` has heads that can't be
    fetched, by branch: the commit, and why. `wanted` counts the reasons to look at the forge, `seen` those that were
    dealt with.
    """

    project = models.OneToOneField("projects.Project", models.CASCADE, related_name="forge")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=KINDS)
    base_url = models.CharField(max_length=300)
    name = models.CharField(max_length=400, help_text="The repository's full path on the forge.")
    number = models.CharField(
        max_length=80, help_text="The repository's id on the forge; stays when it is renamed."
    )
    clone_url = models.CharField(max_length=800)
    web_url = models.CharField(max_length=800)
    installation = models.ForeignKey(Installation, models.PROTECT, null=True, related_name="connections")
    token = models.TextField(blank=True, help_text="Sealed.")
    secret = models.TextField(blank=True, help_text="Sealed; signs deliveries. Empty: the App's does.")
    former_secret = models.TextField(blank=True, help_text="Sealed; still good while a rotation goes on.")
    landing = models.CharField(max_length=8, choices=Landing.choices, default=Landing.TARGET)
    comments = models.BooleanField(default=True, help_text="Whether Braid comments on pull requests.")
    context = models.CharField(max_length=60, default="braid", help_text="The name of the summary status.")
    people = models.JSONField(default=dict, help_text="Members' mail addresses by their login on the forge.")
    accounts = models.JSONField(
        default=dict, help_text="The forge's ids of accounts by the login of `people`."
    )
    mirrored = models.JSONField(default=list)
    passed_over = models.JSONField(default=dict)
    refused = models.JSONField(default=dict)
    trouble = models.TextField(blank=True, help_text="Why it does not work now, for people.")
    rejected_at = models.DateTimeField(
        null=True, help_text="When a delivery came last that was not signed with its secret."
    )
    wanted = models.PositiveBigIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0)
    claimed_by = models.CharField(max_length=100, blank=True)
    leased_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True, help_text="The forge failed or asked for patience.")
    attempts = models.PositiveSmallIntegerField(default=0)
    looked_at = models.DateTimeField(null=True, help_text="When the forge was last asked for everything.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(installation__isnull=False) ^ ~Q(token=""), name="forge_connection_credential"
            ),
        ]
        indexes = [models.Index(fields=["kind", "base_url", "number"], name="forge_connection_place")]

    def __str__(self) -> str:
        return f"{self.name} on {self.base_url}"

    @property
    def writes_checks(self) -> bool:
        """Only an App may write check runs; others have commit statuses."""
        return self.kind == Kind.GITHUB and self.installation_id is not None
