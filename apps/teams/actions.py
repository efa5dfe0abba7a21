"""What people do with teams and their members. Each verb owns its transaction and writes the audit log.

Whoever changes who is in a team locks the team's row first, so that two requests that come at once see each other:
of two owners who remove one another, one stays.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.actions import close_account
from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.teams import audit
from apps.teams.models import Invitation, Membership, Role, Team

TEAMS_PER_OWNER = 50
SLUG_TAKEN = "The address {slug} is taken. Choose another."


@transaction.atomic
def create_team(creator: User, name: str, slug: str) -> Team:
    """A new team with its creator as the owner; raises RefusedError when the slug is taken."""
    User.objects.select_for_update(no_key=True).get(pk=creator.pk)
    if creator.memberships.filter(role=Role.OWNER).count() >= TEAMS_PER_OWNER:
        raise RefusedError(f"You own {TEAMS_PER_OWNER} teams. Delete one, or hand one over, first.")
    team = Team(name=name, slug=slug)
    _save_slug(team)
    Membership.objects.create(team=team, user=creator, role=Role.OWNER)
    audit.record(team, creator, "team.create", name, slug=slug)
    return team


@transaction.atomic
def rename_team(actor: User, team: Team, name: str, slug: str) -> Team:
    team = lock(team)
    before = {"name": team.name, "slug": team.slug}
    team.name, team.slug = name, slug
    after = {"name": name, "slug": slug}
    if after != before:
        _save_slug(team)
        audit.record(team, actor, "team.rename", name, before=before, after=after)
    return team


@transaction.atomic
def delete_team(actor: User, team: Team) -> None:
    """End the team: nobody finds it, its address is free. Its row stays, because its audit log does."""
    team = lock(team)
    # The projects' own action removes their repositories; a team must not take them along by the way.
    if team.projects.exists():
        raise RefusedError(f"{team.name} still has projects. Delete them first, in the settings of each.")
    audit.record(team, actor, "team.delete", team.name, slug=team.slug, members=team.members.count())
    Invitation.objects.filter(team=team, revoked_at=None).update(revoked_at=timezone.now())
    Membership.objects.filter(team=team).delete()
    team.deleted_at = timezone.now()
    team.save(update_fields=["deleted_at"])


@transaction.atomic
def change_role(actor: User, membership: Membership, role: Role) -> Membership:
    """Give a member another role; raises RefusedError when the team would have no owner left."""
    lock(membership.team)
    membership = _reread(membership)
    before = Role(membership.role)
    if role == before:
        return membership
    if before == Role.OWNER:
        _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    if role < before:
        _revoke_invitations_of(membership)
    audit.record(
        membership.team,
        actor,
        "member.role",
        membership.user.email,
        before=before.label,
        after=Role(role).label,
    )
    return membership


@transaction.atomic
def remove_member(actor: User, membership: Membership) -> None:
    """Take somebody out of the team, or leave it when the actor is the member."""
    lock(membership.team)
    membership = _reread(membership)
    if membership.role == Role.OWNER:
        _keep_an_owner(membership)
    _revoke_invitations_of(membership)
    action = "member.leave" if actor.pk == membership.user_id else "member.remove"
    audit.record(membership.team, actor, action, membership.user.email, role=Role(membership.role).label)
    membership.delete()


@transaction.atomic
def delete_account(user: User) -> None:
    """Leave every team and close the account; raises RefusedError where a team would have no owner left.

    Teams' audit logs keep the name and address that were written there.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    for membership in user.memberships.select_related("team", "user").order_by("team_id"):
        remove_member(user, membership)
    close_account(user)


def lock(team: Team) -> Team:
    """The team as it is now, locked until the transaction ends; raises RefusedError when it is gone."""
    found = Team.objects.alive().select_for_update(no_key=True).filter(pk=team.pk).first()
    if found is None:
        raise RefusedError("The team was deleted a moment ago.")
    return found


def _save_slug(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise RefusedError(SLUG_TAKEN.format(slug=team.slug)) from None


def _reread(membership: Membership) -> Membership:
    found = Membership.objects.select_related("team", "user").filter(pk=membership.pk).first()
    if found is None:
        raise RefusedError(f"{membership.user} left the team a moment ago.")
    return found


def _keep_an_owner(leaving: Membership) -> None:
    owners = Membership.objects.filter(team_id=leaving.team_id, role=Role.OWNER)
    if not owners.exclude(pk=leaving.pk).exists():
        raise RefusedError(
            f"{leaving.user} is the last owner of {leaving.team.name}. Make somebody else an owner first."
        )


def _revoke_invitations_of(membership: Membership) -> None:
    """Who may not invite any more should not have guests waiting at the door."""
    open_ones = Invitation.objects.open().filter(team_id=membership.team_id, invited_by_id=membership.user_id)
    open_ones.update(revoked_at=timezone.now())
