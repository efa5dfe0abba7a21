"""Teams, who is in them with which role, how people come in, and the log of what was done."""

from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from apps.accounts.models import User


class Role(models.IntegerChoices):
    """What a member may do; a higher number may everything that a lower one may."""

    VIEWER = 10, "Viewer"
    DEVELOPER = 20, "Developer"
    MAINTAINER = 30, "Maintainer"
    OWNER = 40, "Owner"


class TeamQuerySet(models.QuerySet["Team"]):
    def alive(self) -> Self:
        return self.filter(deleted_at=None)

    def of(self, user: User) -> Self:
        """The teams that the user is a member of."""
        return self.alive().filter(memberships__user=user)


class Team(models.Model):
    """People who share projects. A deleted team keeps its row, for its audit log; its slug is free again."""

    slug = models.CharField(max_length=48)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")
    # Who asked for it, where `access` found it for somebody: pages show what that person may open.
    viewer: "Membership | None" = None

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(deleted_at=None), name="teams_team_slug_of_the_living"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/{self.slug}/"


class Membership(models.Model):
    """One person's place in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role.choices, default=Role.VIEWER)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-role", "user__name", "user__email"]
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="teams_membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="teams_membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """Invitations that somebody can still accept."""
        return self.filter(
            revoked_at=None,
            expires_at__gt=timezone.now(),
            uses__lt=models.F("max_uses"),
            team__deleted_at=None,
        )


class Invitation(models.Model):
    """A link that brings people into a team; only the digest of its secret is kept."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    role = models.PositiveSmallIntegerField(choices=Role.choices, default=Role.DEVELOPER)
    email = models.EmailField(blank=True)
    digest = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    max_uses = models.PositiveSmallIntegerField(default=1)
    uses = models.PositiveSmallIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(uses__lte=models.F("max_uses")), name="teams_invitation_not_overused"
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.team}"


class AuditEntry(models.Model):
    """One thing that somebody did. Never changed: a trigger of the database refuses it (migration 0002).

    Names are kept as they were, since people rename themselves and projects go.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="audit")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=255)
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=255, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["team", "-id"], name="teams_audit_by_team"),
            models.Index(fields=["team", "action", "-id"], name="teams_audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.target}"
