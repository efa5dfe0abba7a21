"""The log of who did what in a team. Actions call `record` inside their own transaction."""

from typing import Any

from apps.accounts.models import User
from apps.teams.models import AuditEntry, Team


def record(team: Team, actor: User | None, action: str, target: object = "", **data: Any) -> AuditEntry:
    """Append one entry. `action` is `thing.verb` (`member.remove`), `target` what it was done to, `data` the details.

    An actor of None means that Braid itself did it.
    """
    name = f"{actor.name} <{actor.email}>" if actor and actor.name else actor.email if actor else "Braid"
    return AuditEntry.objects.create(
        team=team, actor=actor, actor_name=name[:255], action=action, target=str(target)[:255], data=data
    )
