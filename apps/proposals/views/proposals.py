"""The list of a project's proposals, making one, changing its text, and what it changes in the database."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.checks.access import object_changes
from apps.checks.pages.changes import list_changes
from apps.checks.views.rendering import render_page
from apps.merges.models import Outcome
from apps.projects.access import find_project_membership
from apps.proposals import access
from apps.proposals.actions import lifecycle
from apps.proposals.forms import ProposalForm, TextForm
from apps.proposals.pages.lists import SORTS, STATES, chosen_state, list_proposals
from apps.proposals.pages.threads import by_object, open_talked_about, show_comments
from apps.proposals.views.frame import Frame, open_frame
from apps.teams.models import Role


@require_safe
def proposals(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project, membership = find_project_membership(request.user, team_slug, project_slug)
    asked = {name: request.GET.get(name, "").replace("\0", "") for name in ("q", "label", "author")}
    state = chosen_state(request.GET.get("state", ""))
    found = access.search_proposals(
        project, state=STATES[state], query=asked["q"], label=asked["label"], author=asked["author"]
    )
    sort, page = request.GET.get("sort", ""), request.GET.get("page", "1")
    counts = access.count_states(project)
    context = {
        "project": project,
        "section": "proposals",
        "may_change": membership.role >= Role.DEVELOPER,
        "me": membership.user.email,
        "asked": asked,
        "state": state,
        "sorts": SORTS,
        "labels": access.labels_of(project),
        "found": list_proposals(found, counts, state, sort, page, access.meetings_of),
    }
    return render_page(request, "proposals/list.html", context, region="proposals/rows.html")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project, membership = find_project_membership(request.user, team_slug, project_slug, Role.DEVELOPER)
    branches = access.branches_to_propose(project)
    initial = {"branch": request.GET.get("branch", ""), "title": request.GET.get("title", "")}
    form = ProposalForm(request.POST or None, branches=branches, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(lifecycle.open_proposal(membership.user, **form.asked()))
        except RefusedError as refused:
            form.add_error(None, str(refused))
    context = {"project": project, "section": "proposals", "form": form, "branches": branches}
    return _rendered(request, "proposals/new.html", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    """Another title or description."""
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    proposal = frame.proposal
    initial = {"title": proposal.title, "description": proposal.description}
    form = TextForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.edit(signed_in(request), proposal, **form.cleaned_data)
        except RefusedError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(f"{proposal.get_absolute_url()}discussion/")
    return _rendered(request, "proposals/edit.html", frame.context("discussion", form=form), form)


@require_POST
def move(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    """Close it, open it again, make it a draft or ready, try its merge again, as the button says."""
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    user, proposal = signed_in(request), frame.proposal
    verbs: dict[str, Callable[[], object]] = {
        "close": lambda: lifecycle.close(user, proposal),
        "reopen": lambda: lifecycle.reopen(user, proposal),
        "draft": lambda: lifecycle.set_draft(user, proposal, True),
        "ready": lambda: lifecycle.set_draft(user, proposal, False),
        "merge-again": lambda: lifecycle.merge_again(proposal),
    }
    asked = request.POST.get("verb", "")
    verb = verbs.get(asked)
    if verb is None:
        return HttpResponse("There is no such verb.", status=400, content_type="text/plain")
    try:
        verb()
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect(proposal.get_absolute_url() + ("" if asked == "merge-again" else "discussion/"))


@require_safe
def changes(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number)
    return render_page(request, "proposals/changes.html", _changes(request, frame))


@require_safe
def standing(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    """How it merges, for a page that waits for it; for htmx the one line alone."""
    frame = open_frame(request, team_slug, project_slug, number)
    htmx = request.htmx  # type: ignore[attr-defined] # set by its middleware
    if not htmx:
        return redirect(frame.proposal)
    return render_page(request, "proposals/standing.html", {**frame.context("changes"), "has_waited": True})


@require_safe
def head(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    """The head of a proposal's pages, for one that follows the queue."""
    frame = open_frame(request, team_slug, project_slug, number)
    if not request.htmx:  # type: ignore[attr-defined] # set by its middleware
        return redirect(frame.proposal)
    return render_page(request, "proposals/head.html", {**frame.context("changes"), "is_asked_anew": True})


@require_safe
def diagram(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    """The tables that change, drawn: a page, or for htmx the drawing alone."""
    frame = open_frame(request, team_slug, project_slug, number)
    diff = access.diff_of(frame.proposal, frame.meeting)
    context = frame.context("changes", diagram=access.diagram_of(diff) if diff else None)
    return render_page(request, "proposals/diagram_page.html", context, region="proposals/diagram.html")


def _changes(request: HttpRequest, frame: Frame) -> dict[str, object]:
    diff = access.diff_of(frame.proposal, frame.meeting)
    result = frame.meeting.result if frame.meeting else None
    objects = object_changes(diff)
    comments = show_comments(access.comments_of(frame.proposal), frame.proposal, frame.membership)
    threads, gone = by_object(comments, objects)
    listed = list_changes(objects, request.GET.get("q", ""), request.GET.get("page", "1"))
    return frame.context(
        "changes",
        found={"diff": diff, "failure": result is not None and result.outcome == Outcome.BROKEN},
        changes=open_talked_about(listed, threads),
        object_footer="proposals/thread.html",
        threads=threads,
        gone=gone,
        back=request.get_full_path(),
    )


def _rendered(
    request: HttpRequest, template: str, context: dict[str, object], form: TextForm
) -> HttpResponse:
    response = render_page(request, template, context)
    response.status_code = 400 if form.errors else 200
    return response
