"""The log of who did what in a team. Actions call `record` inside their own transaction."""

from typing import Any

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.teams.models import AuditEntry, Team

# How the page says it; the apps above teams add their verbs here, because a phrase is text and no dependency.
PHRASES = {
    "team.create": "created the team",
    "team.rename": "renamed the team",
    "team.delete": "deleted the team",
    "member.join": "joined by invitation",
    "member.leave": "left the team",
    "member.remove": "removed the member",
    "member.role": "changed the role of",
    "invitation.create": "invited",
    "invitation.revoke": "took back the invitation of",
    "project.create": "created the project",
    "project.change": "changed the settings of",
    "project.delete": "deleted the project",
    "forge.connect": "connected a repository on a forge to",
    "forge.change": "changed the forge's settings of",
    "forge.token": "gave another token of the forge to",
    "forge.secret": "renewed the forge's webhook secret of",
    "forge.secret_forgotten": "ended the former webhook secret of",
    "forge.disconnect": "disconnected the forge from",
    "forge.reconnect": "connected the same repository on a forge again to",
    "forge.app": "registered a GitHub App for",
    "forge.app_secret": "renewed the webhook secret of a GitHub App of",
    "forge.app_secret_forgotten": "ended the former webhook secret of a GitHub App of",
    "forge.app_key": "gave another key to a GitHub App of",
    "forge.let_in": "let a stranger's pull request be judged in",
    "forge.app_forgotten": "gave up a GitHub App of",
    "policy.change": "changed the policy of",
    "policy.bypass": "passed by the policy for",
    "sizes.replace": "sent the sizes of tables of",
    "sizes.forget": "removed the sizes of tables of",
}


def record(team: Team, actor: User | None, action: str, target: object = "", **data: Any) -> AuditEntry:
    """Append one entry.

    `action` is `thing.verb` (`member.remove`), `target` what it was done to, `data` the details. An actor of None
    means that Braid itself did it.
    """
    return AuditEntry.objects.create(
        team=team,
        actor=actor,
        actor_name=name_of(actor)[:255],
        action=action,
        target=str(target)[:255],
        data=data,
    )


def name_of(actor: User | None) -> str:
    if actor is None:
        return "Braid"
    return f"{actor.name} <{actor.email}>" if actor.name else actor.email


def phrase(action: str) -> str:
    return PHRASES.get(action, action)


def search(team: Team, *, action: str = "", actor: str = "", text: str = "") -> "QuerySet[AuditEntry]":
    """The team's entries, newest first, narrowed by whatever is not empty; `actor` is a user's id."""
    entries = AuditEntry.objects.filter(team=team)
    if action:
        entries = entries.filter(action=action)
    if actor:
        entries = entries.filter(actor_id=int(actor))
    if text:
        entries = entries.filter(target__icontains=text)
    return entries


def choices(team: Team) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The actions and the people that occur in the team's log, for its filter."""
    entries = AuditEntry.objects.filter(team=team).order_by()
    actions = sorted(entries.values_list("action", flat=True).distinct())
    people = dict(entries.exclude(actor=None).order_by("id").values_list("actor_id", "actor_name"))
    named = [(str(person), name) for person, name in sorted(people.items(), key=lambda item: item[1])]
    return [(action, phrase(action)) for action in actions], named
