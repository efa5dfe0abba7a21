"""Finding a team and asking whether somebody may touch it, in one step, so that no view can forget."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from apps.accounts.models import User
from apps.teams.models import Invitation, Membership, Role, Team


def find_membership(user: User | AnonymousUser, team_slug: str, role: Role = Role.VIEWER) -> Membership:
    """The user's place in the team, with `team` and `user` loaded.

    Raises Http404 for strangers, as if there were no such team, and PermissionDenied for members below
    `role`.
    """
    if not user.is_authenticated:
        raise Http404("No such team")
    membership = (
        Membership.objects.select_related("team", "user")
        .filter(user_id=user.pk, team__slug=team_slug, team__deleted_at=None)
        .first()
    )
    if membership is None:
        raise Http404("No such team")
    require_role(membership, role)
    membership.team.viewer = membership
    return membership


def find_team(user: User | AnonymousUser, team_slug: str, role: Role = Role.VIEWER) -> Team:
    """The team, for a member with at least `role`; raises like `find_membership`."""
    return find_membership(user, team_slug, role).team


def require_role(membership: Membership, role: Role) -> None:
    if membership.role < role:
        held, needed = Role(membership.role).label.lower(), Role(role).label.lower()
        raise PermissionDenied(
            f"This needs the role {needed} in {membership.team.name}; yours is {held}. "
            "An owner of the team can change it."
        )


def find_member(viewer: Membership, member_id: int) -> Membership:
    """Another place in the viewer's own team; raises Http404 for one in any other team."""
    found = (
        Membership.objects.select_related("team", "user").filter(team_id=viewer.team_id, pk=member_id).first()
    )
    if found is None:
        raise Http404("No such member")
    return found


def find_invitation(viewer: Membership, invitation_id: int) -> Invitation:
    """An invitation to the viewer's own team; raises Http404 for one to any other team."""
    found = Invitation.objects.select_related("team").filter(team_id=viewer.team_id, pk=invitation_id).first()
    if found is None:
        raise Http404("No such invitation")
    return found
