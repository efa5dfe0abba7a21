"""The timeline of a proposal: one append-only line for all that happened to it.

Every action records its line in its own transaction, and whoever wants to know (the queue, reviews,
notices) hears of it there and then by the signal `changed`.
"""

from typing import Any

from django.dispatch import Signal

from apps.accounts.models import User
from apps.proposals.models import Event, Proposal

# Sent in the transaction of the action, with `proposal`, `kind` and the `event` itself.
changed = Signal()


def record(proposal: Proposal, kind: str, actor: User | None = None, **data: Any) -> Event:
    """Append one line and tell who listens. An actor of None means that Braid itself did it."""
    event = Event.objects.create(proposal=proposal, actor=actor, kind=kind, data=data)
    Proposal.objects.filter(pk=proposal.pk).update(updated_at=event.created_at)
    changed.send(Proposal, proposal=proposal, kind=kind, event=event)
    return event
