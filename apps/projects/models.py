"""A project: one schema in one git repository of a team."""

import uuid

from django.db import models
from django.utils import timezone

from apps.accounts.models import User
from apps.teams.models import Team


class Project(models.Model):
    """`key` names the repository's folder and the owner of sandboxes, so a rename moves nothing on disk."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="projects")
    slug = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    default_branch = models.CharField(max_length=200, default="main")
    root = models.CharField(max_length=400, blank=True)
    postgres = models.PositiveSmallIntegerField(null=True, blank=True)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["team", "slug"], name="projects_project_slug_in_team"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/{self.team.slug}/{self.slug}/"
