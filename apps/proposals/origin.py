"""Proposals that come from elsewhere: what is said of them there is not changed here, as it would not last.

An app above answers `asked_elsewhere` with the reason why people can't do it here; proposals know no forges.
"""

from enum import StrEnum

from django.dispatch import Signal

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.proposals.models import Proposal

asked_elsewhere = Signal()


class Change(StrEnum):
    """What somebody wants to change; each value is how it is said."""

    TEXT = "title and description"
    DRAFT = "whether it is a draft"
    CLOSED = "whether it is closed"
    REOPENED = "whether it is open"


def keep_to_origin(actor: User | None, proposal: Proposal, change: Change) -> None:
    """Raises RefusedError where a person would change what is said elsewhere; None stands for that origin itself."""
    if actor is None:
        return
    answers = asked_elsewhere.send(Proposal, proposal=proposal, change=change)
    reasons = [reason for _, reason in answers if reason]
    if reasons:
        raise RefusedError(reasons[0])
