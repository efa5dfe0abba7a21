"""A team's page: its projects and where each stands."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.checks.access import project_overviews
from apps.checks.views.rendering import render_page
from apps.projects.models import Project
from apps.teams.access import find_membership
from apps.teams.models import Role


@require_safe
def team(request: HttpRequest, team_slug: str) -> HttpResponse:
    membership = find_membership(request.user, team_slug)
    projects = Project.objects.filter(team=membership.team).select_related("team")
    context = {
        "team": membership.team,
        "may_create": membership.role >= Role.MAINTAINER,
        "section": "projects",
        "projects": project_overviews(list(projects)),
    }
    return render_page(request, "checks/team.html", context)
