"""The page of a project's queue, and what people do with it from a proposal's pages."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.checks.views.rendering import render_page
from apps.projects.access import find_project_membership
from apps.proposals import queued
from apps.proposals.actions import queueing, reverting
from apps.proposals.pages.queue import show_entry, show_line
from apps.proposals.views.frame import Frame, open_frame
from apps.teams.models import Role


@require_safe
def queue(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project, membership = find_project_membership(request.user, team_slug, project_slug)
    context = {
        "project": project,
        "section": "proposals",
        "may_change": membership.role >= Role.DEVELOPER,
        "line": show_line(queued.line_of(project)),
        "handed": tuple(show_entry(each) for each in queued.handed_of(project)),
        "recent": tuple(show_entry(each) for each in queued.recent_of(project)),
    }
    return render_page(request, "proposals/queue.html", context, region="proposals/queue_line.html")


@require_POST
def enter(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    deletes, seen = request.POST.get("deletes_branch") == "yes", request.POST.get("change_hash", "")
    return _do(
        request,
        frame,
        lambda: queueing.queue(signed_in(request), frame.proposal, deletes_branch=deletes, change_hash=seen),
        f"#{number} is in the queue.",
    )


@require_POST
def leave(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)

    def act() -> None:
        if not queueing.withdraw(signed_in(request), frame.proposal):
            messages.warning(request, f"#{number} has just landed.")

    return _do(request, frame, act, "")


@require_POST
def revert(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    return _do(
        request,
        frame,
        lambda: reverting.want_revert(signed_in(request), frame.proposal),
        "A worker finds the way back; it is proposed in a moment.",
    )


def _do(request: HttpRequest, frame: Frame, action: Callable[[], object], done: str) -> HttpResponse:
    """Act, and back to the proposal; where that is refused, it says why there."""
    try:
        action()
    except RefusedError as refused:
        messages.error(request, str(refused))
    else:
        if done:
            messages.success(request, done)
    return redirect("proposal-checks", frame.project.team.slug, frame.project.slug, frame.proposal.number)
