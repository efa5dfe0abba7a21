"""What people do with invitations: send, take back, accept."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.teams import audit, invitations
from apps.teams.actions import lock
from apps.teams.invitations import CreatedInvitation
from apps.teams.models import Invitation, Membership, Role

OPEN_PER_TEAM = 200
MAILS_PER_HOUR = 30


@transaction.atomic
def invite(
    inviter: Membership, role: Role, *, email: str = "", days: int = 7, max_uses: int = 1
) -> CreatedInvitation:
    """Make a link into the team; with an address it is mailed there, and works for that address alone."""
    team = lock(inviter.team)
    check_may_give(inviter, role)
    if email and team.members.filter(email=email.lower()).exists():
        raise RefusedError(f"{email} is a member of {team.name} already.")
    if Invitation.objects.open().filter(team=team).count() >= OPEN_PER_TEAM:
        raise RefusedError(f"{team.name} has {OPEN_PER_TEAM} open invitations. Take some back first.")
    if email:
        _limit_mails(inviter.user)
    secret = invitations.new_secret()
    invitation = Invitation.objects.create(
        team=team,
        role=role,
        email=email.lower(),
        digest=invitations.digest(secret),
        invited_by=inviter.user,
        expires_at=timezone.now() + timedelta(days=days),
        max_uses=1 if email else max_uses,
    )
    audit.record(
        team,
        inviter.user,
        "invitation.create",
        email or "anyone with the link",
        role=Role(role).label,
        days=days,
        uses=invitation.max_uses,
    )
    if email:
        # The inviter has the link as well, so a mail server that is down is logged and no reason to fail.
        transaction.on_commit(lambda: _mail(invitation, secret), robust=True)
    return CreatedInvitation(invitation, secret)


def _limit_mails(inviter: User) -> None:
    """An account must not be a way to send mail to the world, whatever is taken back in between."""
    sent = Invitation.objects.filter(invited_by=inviter).exclude(email="")
    if sent.filter(created_at__gt=timezone.now() - timedelta(hours=1)).count() >= MAILS_PER_HOUR:
        raise RefusedError(
            f"You sent {MAILS_PER_HOUR} invitations by mail within an hour. Wait a while, or share a link yourself."
        )


def check_may_give(inviter: Membership, role: Role) -> None:
    """Nobody hands out their own rank or a higher one, but owners."""
    if inviter.role != Role.OWNER and role >= inviter.role:
        raise RefusedError(f"Only an owner can make somebody {Role(role).label.lower()}.")


@transaction.atomic
def revoke_invitation(actor: User, invitation: Invitation) -> None:
    """Take the link back; a second call changes nothing."""
    lock(invitation.team)
    changed = Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())
    if changed:
        audit.record(invitation.team, actor, "invitation.revoke", invitation.email or "anyone with the link")


@transaction.atomic
def accept_invitation(user: User, invitation: Invitation) -> Membership:
    """Use the invitation once and join; raises RefusedError when somebody else used it up meanwhile."""
    team = lock(invitation.team)
    if invitation.email and invitation.email != user.email:
        raise RefusedError(
            f"This invitation is for another address than yours ({user.email}). "
            "Sign in with the address it was sent to, or ask for a new one."
        )
    if Membership.objects.filter(team=team, user=user).exists():
        raise RefusedError(f"You are a member of {team.name} already.")
    used = Invitation.objects.open().filter(pk=invitation.pk).update(uses=F("uses") + 1)
    if not used:
        raise RefusedError("This invitation was used, taken back or has expired. Ask for a new one.")
    membership = Membership.objects.create(team=team, user=user, role=invitation.role)
    audit.record(
        team,
        user,
        "member.join",
        user.email,
        role=Role(invitation.role).label,
        invited_by=invitation.invited_by.email,
        invitation=invitation.pk,
    )
    return membership


def link(secret: str) -> str:
    """The whole address of an invitation's page."""
    return settings.BASE_URL + reverse("invitation", args=[secret])


def _mail(invitation: Invitation, secret: str) -> None:
    context = {"invitation": invitation, "team": invitation.team, "link": link(secret)}
    send_mail(
        # One line, whatever the names hold.
        " ".join(f"{invitation.invited_by} invites you to {invitation.team.name} on Braid".split()),
        render_to_string("teams/email/invitation.txt", context),
        None,
        [invitation.email],
    )
