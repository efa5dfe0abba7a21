"""What every endpoint of a proposal begins with: finding it for somebody, and looking at what was sent."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from apps.projects.access import find_project_membership
from apps.proposals.access import find_proposal
from apps.proposals.models import Proposal
from apps.teams.models import Membership, Role

PROJECT = "teams/<slug:team_slug>/projects/<slug:project_slug>/"
PROPOSAL = PROJECT + "proposals/<int:number>/"


def let_in(
    request: Request, team_slug: str, project_slug: str, number: int, role: Role = Role.VIEWER
) -> tuple[Membership, Proposal]:
    """Who asks, and the proposal; raises like `find_project` and `find_proposal`."""
    project, viewer = find_project_membership(request.user, team_slug, project_slug, role)
    return viewer, find_proposal(project, number)


def checked(serializer: "serializers.BaseSerializer[Any]") -> dict[str, Any]:
    """What was sent, once it is valid; raises the framework's ValidationError."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
