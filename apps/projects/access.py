"""Finding a project and asking whether somebody may touch it, in one step, so that no view can forget."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from apps.accounts.models import User
from apps.projects.models import Project
from apps.teams.access import require_role
from apps.teams.models import Membership, Role


def find_project(
    user: User | AnonymousUser, team_slug: str, project_slug: str, role: Role = Role.VIEWER
) -> Project:
    """The project with its `team` loaded, for a member with at least `role`.

    Raises Http404 for strangers, as if there were no such project, and PermissionDenied for members below
    `role`.
    """
    return find_project_membership(user, team_slug, project_slug, role)[0]


def find_project_membership(
    user: User | AnonymousUser, team_slug: str, project_slug: str, role: Role = Role.VIEWER
) -> tuple[Project, Membership]:
    """Like `find_project`, with the user's place in the team, for pages that show what the user may do."""
    membership = user.is_authenticated and (
        Membership.objects.filter(user_id=user.pk, team__slug=team_slug, team__deleted_at=None)
        .select_related("team", "user")
        .first()
    )
    project = membership and Project.objects.filter(team=membership.team, slug=project_slug).first()
    if not membership or not project:
        raise Http404("No such project")
    require_role(membership, role)
    project.team = membership.team
    project.team.viewer = membership
    return project, membership
