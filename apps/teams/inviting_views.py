"""Pages of invitations: sending them from the members page, and accepting one from its link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.teams import invitations, inviting
from apps.teams.access import find_invitation, find_membership
from apps.teams.forms import InvitationForm
from apps.teams.models import Invitation, Membership, Role
from apps.teams.signup import forget_invitation, remember_invitation
from apps.teams.views import render_members

NOT_OPEN = "This invitation was used, taken back or has expired. Ask the person who sent it for a new one."


@never_cache
@require_POST
def invite(request: HttpRequest, team_slug: str) -> HttpResponse:
    """Make a link and show it, this one time, on the members page."""
    viewer = find_membership(request.user, team_slug, Role.MAINTAINER)
    form = InvitationForm(request.POST, inviter=viewer)
    if form.is_valid():
        try:
            created = inviting.invite(viewer, **form.cleaned_data)
            return render_members(
                request, viewer, created=created.invitation, link=inviting.link(created.secret)
            )
        except RefusedError as refused:
            form.add_error(None, str(refused))
    return render_members(request, viewer, status=400, form=form)


@require_POST
def revoke(request: HttpRequest, team_slug: str, invitation_id: int) -> HttpResponse:
    viewer = find_membership(request.user, team_slug, Role.MAINTAINER)
    inviting.revoke_invitation(viewer.user, find_invitation(viewer, invitation_id))
    messages.success(request, "The invitation is taken back; its link works no more.")
    return redirect("team-members", team_slug)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind the link: asks visitors to sign in or up first, and members-to-be to accept."""
    invitation = invitations.find_open(secret)
    if invitation is None:
        forget_invitation(request)
        raise Http404(NOT_OPEN)
    if request.method == "POST" and isinstance(request.user, User):
        return _accept(request, request.user, invitation)
    remember_invitation(request, secret)
    context = {"invitation": invitation, "role": Role(invitation.role), "invited_team": invitation.team}
    if isinstance(request.user, User):
        context["is_member"] = Membership.objects.filter(team=invitation.team, user=request.user).exists()
        context["is_for_another"] = bool(invitation.email) and invitation.email != request.user.email
    return render(request, "teams/invitation.html", context)


def _accept(request: HttpRequest, user: User, invitation: Invitation) -> HttpResponse:
    try:
        membership = inviting.accept_invitation(user, invitation)
    except RefusedError as refused:
        messages.error(request, str(refused))
        return redirect("home")
    forget_invitation(request)
    messages.success(request, f"Welcome to {membership.team.name}.")
    return redirect(membership.team)
