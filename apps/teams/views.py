"""Pages of a team's people: members, settings, audit log. Invitations have a module of their own."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.teams import actions, audit
from apps.teams.access import find_member, find_membership
from apps.teams.forms import AuditFilterForm, ConfirmationForm, InvitationForm, RoleForm, TeamForm
from apps.teams.models import Invitation, Membership, Role

ENTRIES_PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(actions.create_team(signed_in(request), **form.cleaned_data))
        except RefusedError as refused:
            form.add_error("slug", str(refused))
    return render(request, "teams/create.html", {"form": form}, status=400 if form.errors else 200)


@require_safe
def members(request: HttpRequest, team_slug: str) -> HttpResponse:
    return render_members(request, find_membership(request.user, team_slug))


def render_members(
    request: HttpRequest, viewer: Membership, status: int = 200, **more: object
) -> HttpResponse:
    """The members page, also as the answer to an invitation (with its link, or with the form's errors)."""
    may_invite = viewer.role >= Role.MAINTAINER
    context = {
        "team": viewer.team,
        "membership": viewer,
        "members": viewer.team.memberships.select_related("user"),
        "roles": Role.choices,
        "may_manage": viewer.role >= Role.OWNER,
        "form": InvitationForm(inviter=viewer) if may_invite else None,
        "invitations": Invitation.objects.open().filter(team=viewer.team).select_related("invited_by")
        if may_invite
        else [],
        "section": "members",
    }
    return render(request, "teams/members.html", context | more, status=status)


@require_POST
def change_role(request: HttpRequest, team_slug: str, member_id: int) -> HttpResponse:
    viewer = find_membership(request.user, team_slug, Role.OWNER)
    member = find_member(viewer, member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles in the list.")
        return redirect("team-members", team_slug)
    try:
        member = actions.change_role(viewer.user, member, form.cleaned_data["role"])
        messages.success(request, f"{member.user} is {Role(member.role).label.lower()} now.")
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect("team-members", team_slug)


@require_POST
def remove_member(request: HttpRequest, team_slug: str, member_id: int) -> HttpResponse:
    viewer = find_membership(request.user, team_slug, Role.OWNER)
    member = find_member(viewer, member_id)
    return _remove(request, viewer, member, f"{member.user} is not a member any more.")


@require_POST
def leave(request: HttpRequest, team_slug: str) -> HttpResponse:
    viewer = find_membership(request.user, team_slug)
    return _remove(request, viewer, viewer, f"You left {viewer.team.name}.")


def _remove(request: HttpRequest, viewer: Membership, member: Membership, done: str) -> HttpResponse:
    try:
        actions.remove_member(viewer.user, member)
    except RefusedError as refused:
        messages.error(request, str(refused))
        return redirect("team-members", viewer.team.slug)
    messages.success(request, done)
    return redirect("home") if member.pk == viewer.pk else redirect("team-members", viewer.team.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, team_slug: str) -> HttpResponse:
    viewer = find_membership(request.user, team_slug, Role.OWNER)
    team = viewer.team
    form = TeamForm(request.POST or None, initial={"name": team.name, "slug": team.slug})
    if request.method == "POST" and form.is_valid():
        try:
            team = actions.rename_team(viewer.user, team, **form.cleaned_data)
            messages.success(request, "The settings are saved.")
            return redirect("team-settings", team.slug)
        except RefusedError as refused:
            form.add_error("slug", str(refused))
    return _render_settings(request, viewer, form=form)


@require_POST
def delete(request: HttpRequest, team_slug: str) -> HttpResponse:
    viewer = find_membership(request.user, team_slug, Role.OWNER)
    confirmation = ConfirmationForm(request.POST, expected=viewer.team.slug)
    if confirmation.is_valid():
        try:
            actions.delete_team(viewer.user, viewer.team)
            messages.success(request, f"The team {viewer.team.name} is deleted.")
            return redirect("home")
        except RefusedError as refused:
            confirmation.add_error(None, str(refused))
    return _render_settings(request, viewer, confirmation=confirmation)


def _render_settings(
    request: HttpRequest,
    viewer: Membership,
    form: TeamForm | None = None,
    confirmation: ConfirmationForm | None = None,
) -> HttpResponse:
    team = find_membership(request.user, viewer.team.slug).team
    context = {
        "team": team,
        "form": form or TeamForm(initial={"name": team.name, "slug": team.slug}),
        "confirmation": confirmation or ConfirmationForm(expected=team.slug),
        "section": "settings",
    }
    failed = (form and form.errors) or (confirmation and confirmation.errors)
    return render(request, "teams/settings.html", context, status=400 if failed else 200)


@require_safe
def audit_log(request: HttpRequest, team_slug: str) -> HttpResponse:
    team = find_membership(request.user, team_slug, Role.OWNER).team
    known_actions, known_people = audit.choices(team)
    form = AuditFilterForm(request.GET, actions=known_actions, actors=known_people)
    # A filter that names what never occurred finds nothing, rather than everything.
    chosen = form.cleaned_data if form.is_valid() else None
    entries = (
        audit.search(team, action=chosen["action"], actor=chosen["actor"], text=chosen["q"])
        if chosen is not None
        else audit.search(team).none()
    )
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"team": team, "form": form, "page": page, "section": "audit"}
    return render(request, "teams/audit.html", context)
