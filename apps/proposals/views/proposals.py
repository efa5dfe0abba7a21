"""The list of a project's proposals, making one, and the tabs that show what it changes, checks and says."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.errors import RefusedError
from apps.checks.access import object_changes
from apps.checks.pages.changes import list_changes
from apps.checks.views.rendering import render_page
from apps.projects.access import find_project_membership
from apps.proposals.access import branches_to_propose, events_of, proposals_of
from apps.proposals.actions import lifecycle
from apps.proposals.forms import ProposalForm
from apps.proposals.views.frame import open_frame
from apps.teams.models import Role


@require_safe
def proposals(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project, membership = find_project_membership(request.user, team_slug, project_slug)
    context = {
        "project": project,
        "section": "proposals",
        "membership": membership,
        "may_change": membership.role >= Role.DEVELOPER,
        "proposals": proposals_of(project),
    }
    return render_page(request, "proposals/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project, membership = find_project_membership(request.user, team_slug, project_slug, Role.DEVELOPER)
    branches = branches_to_propose(project)
    form = ProposalForm(
        request.POST or None, branches=branches, initial={"branch": request.GET.get("branch", "")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(lifecycle.open_proposal(membership.user, **form.asked()))
        except RefusedError as refused:
            form.add_error(None, str(refused))
    context = {"project": project, "section": "proposals", "form": form, "branches": branches}
    response = render_page(request, "proposals/new.html", context)
    response.status_code = 400 if form.errors else 200
    return response


@require_safe
def changes(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number)
    result = frame.meeting.result if frame.meeting else None
    diff = result.diff if result else None
    listed = list_changes(object_changes(diff), request.GET.get("q", ""), request.GET.get("page", "1"))
    context = frame.context("changes", found={"diff": diff}, changes=listed)
    return render_page(request, "proposals/changes.html", context)


@require_safe
def discussion(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number)
    context = frame.context("discussion", events=events_of(frame.proposal))
    return render_page(request, "proposals/discussion.html", context)
