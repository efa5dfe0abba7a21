"""What a project knew of its repository on a forge when it was disconnected."""

import uuid

from django.db import models

from apps.forges.models.connection import KINDS, Landing


class Parting(models.Model):
    """The repository that a project followed last, so that the same one can be connected again with nothing lost.

    `heads` has the commits that the forge's branches stood on in Braid: a branch that stands elsewhere now was pushed
    to since. `pulls` has the rows of pull requests, each with what was `written` on the forge. No secret is kept. It
    is over once the project follows a repository again.
    """

    project = models.OneToOneField("projects.Project", models.CASCADE, related_name="forge_parting")
    key = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=10, choices=KINDS)
    base_url = models.CharField(max_length=300)
    name = models.CharField(max_length=400)
    number = models.CharField(max_length=80)
    landing = models.CharField(max_length=8, choices=Landing.choices)
    comments = models.BooleanField()
    context = models.CharField(max_length=60)
    people = models.JSONField(default=dict)
    accounts = models.JSONField(default=dict)
    mirrored = models.JSONField(default=list)
    passed_over = models.JSONField(default=dict)
    heads = models.JSONField(default=dict)
    pulls = models.JSONField(default=list)
    ended_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name} on {self.base_url}"
