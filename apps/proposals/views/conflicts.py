"""The Conflicts tab: all conflicts on one page, choices tried out and saved, and the proof of what came of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.checks.views.rendering import render_page
from apps.proposals import access
from apps.proposals.actions import previewing, resolving
from apps.proposals.choices import value_of
from apps.proposals.evidence import find_preview, open_names, schema_before, writers_of
from apps.proposals.models import Proposal
from apps.proposals.pages.conflicts import Names, arrange
from apps.proposals.pages.outcomes import outcome_of
from apps.proposals.pages.threads import show_comments
from apps.proposals.resolutions import conflicts_of, find_conflict, versions_of
from apps.proposals.views.frame import Frame, open_frame
from apps.teams.models import Role


@require_safe
def conflicts(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    return _render(request, open_frame(request, team_slug, project_slug, number))


@require_POST
def choose(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, conflict: str
) -> HttpResponse:
    """Save a choice; where somebody else chose meanwhile, show theirs beside what was typed."""
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    try:
        given = _given(request, frame.proposal, conflict)
        note = request.POST.get("note", "").replace("\0", "")[:10_000]
        resolving.choose(signed_in(request), frame.proposal, conflict, given, seen=_seen(request), note=note)
    except RefusedError as refused:
        return _refused(request, team_slug, project_slug, number, conflict, refused)
    messages.success(request, "The choice is saved; Braid merges with it now.")
    return redirect(_place(frame.proposal, conflict))


@require_POST
def take_back(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, conflict: str
) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    try:
        resolving.take_back(signed_in(request), frame.proposal, conflict, seen=_seen(request))
    except RefusedError as refused:
        return _refused(request, team_slug, project_slug, number, conflict, refused)
    return redirect(_place(frame.proposal, conflict))


@require_POST
def try_out(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, conflict: str
) -> HttpResponse:
    """Ask what would come of a choice; the answer is a page (or region) of its own."""
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    try:
        given = _given(request, frame.proposal, conflict)
        asked = previewing.ask_preview(frame.proposal, conflict, given)
    except RefusedError as refused:
        if request.headers.get("HX-Request"):
            return render_page(request, "proposals/preview_refused.html", {"refused": str(refused)})
        return _refused(request, team_slug, project_slug, number, conflict, refused)
    return redirect("preview", team_slug, project_slug, number, conflict, asked.pk)


@require_safe
def preview(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, conflict: str, preview_id: int
) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number)
    found = find_preview(frame.proposal, conflict, preview_id)
    told = found.told
    context = frame.context(
        "conflicts",
        found=found,
        conflict=conflict,
        outcome=outcome_of(told, schema_before(frame.proposal, told, found.ours), found.opened)
        if told
        else None,
    )
    return render_page(request, "proposals/preview_page.html", context, region="proposals/preview.html")


def _render(request: HttpRequest, frame: Frame, **own: Any) -> HttpResponse:
    proposal = frame.proposal
    standing = conflicts_of(proposal, frame.meeting)
    names = Names(frame.project.default_branch, proposal.branch.name)
    comments = show_comments(access.comments_of(proposal), proposal, frame.membership)
    before = schema_before(proposal, standing.told, frame.meeting.merged_ours if frame.meeting else "")
    cards = arrange(standing, names, writers_of(proposal, standing), versions_of(proposal), comments)
    context = frame.context(
        "conflicts",
        view=standing,
        cards=cards,
        may_choose=frame.may_change and proposal.state == "open",
        outcome=outcome_of(standing.told, before, open_names(standing.told)) if standing.told else None,
        back=request.get_full_path()
        if request.method == "GET"
        else f"{proposal.get_absolute_url()}conflicts/",
        **own,
    )
    return render_page(request, "proposals/conflicts.html", context)


def _refused(
    request: HttpRequest,
    team_slug: str,
    project_slug: str,
    number: int,
    conflict: str,
    refused: RefusedError,
) -> HttpResponse:
    """The page as it stands now, with what was typed kept in that conflict's form."""
    frame = open_frame(request, team_slug, project_slug, number)
    sent = {name: request.POST.get(name, "") for name in ("choose", "name", "value", "sql", "note")}
    response = _render(request, frame, refused=str(refused), refused_at=conflict, sent=sent)
    response.status_code = 409
    return response


def _given(request: HttpRequest, proposal: Proposal, conflict: str) -> dict[str, Any]:
    sent = request.POST
    given: dict[str, Any] = {"choose": sent.get("choose", ""), "name": sent.get("name", "")}
    given["sql"] = sent.get("sql", "")
    about = find_conflict(proposal, conflict) if given["choose"] == "value" else None
    if about:
        given["value"] = value_of(about, sent.get("value", "").replace("\r\n", "\n"))
    return given


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("seen", "0")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0


def _place(proposal: Proposal, conflict: str) -> str:
    return f"{proposal.get_absolute_url()}conflicts/#conflict-{conflict}"
