"""The way in: what Braid is for strangers, one's own teams and projects for people who signed in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.checks.access import project_overviews
from apps.checks.pages.projects import by_team
from apps.checks.views.rendering import render_page
from apps.projects.models import Project
from apps.teams.access import find_membership
from apps.teams.models import Membership, Role
from apps.teams.signup import remembered_invitation


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render_page(request, "checks/landing.html", {})
    memberships = Membership.objects.filter(user=request.user, team__deleted_at=None)
    teams = list(memberships.select_related("team").order_by("team__name", "team__slug"))
    projects = Project.objects.filter(team__in=[m.team_id for m in teams]).select_related("team")
    overviews = project_overviews(list(projects))
    context = {"teams": by_team(teams, overviews), "invitation_url": remembered_invitation(request)}
    return render_page(request, "checks/home.html", context)


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
