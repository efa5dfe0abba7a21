"""The way in: what Braid is for strangers; for people who signed in what needs them, then their projects."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.views import signed_in
from apps.checks.access import project_overviews
from apps.checks.pages.projects import by_team
from apps.checks.views.rendering import render_page
from apps.projects.models import Project
from apps.proposals.attention import needs_of
from apps.teams.models import Membership
from apps.teams.signup import remembered_invitation


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render_page(request, "proposals/landing.html", {})
    memberships = Membership.objects.filter(user=request.user, team__deleted_at=None)
    teams = list(memberships.select_related("team").order_by("team__name", "team__slug"))
    projects = Project.objects.filter(team__in=[m.team_id for m in teams]).select_related("team")
    overviews = project_overviews(list(projects))
    context = {
        "teams": by_team(teams, overviews),
        "needs": needs_of(signed_in(request)),
        "invitation_url": remembered_invitation(request),
    }
    return render_page(request, "proposals/home.html", context)
