"""People choose: every choice is a version of its own, saved under the proposal's lock.

Whoever saves says which version they saw. Where another one was saved since, nothing is
written and they are told what it is: no choice is lost to another.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.proposals.actions.lifecycle import lock, meet, subscribe
from apps.proposals.choices import checked, told
from apps.proposals.models import Proposal, Resolution, State
from apps.proposals.resolutions import find_conflict
from apps.proposals.timeline import record


class ChosenMeanwhileError(RefusedError):
    """Somebody else has chosen since; `current` is what stands."""

    def __init__(self, current: Resolution) -> None:
        who = str(current.author) if current.author else "Somebody"
        super().__init__(
            f"{who} has chosen {told(current.choice)} here meanwhile. Nothing of yours was saved: look at that choice, "
            "and save yours again if it shall replace it."
        )
        self.current = current


@transaction.atomic
def choose(
    actor: User,
    proposal: Proposal,
    conflict: str,
    choice: Mapping[str, Any],
    *,
    seen: int,
    note: str = "",
) -> Resolution:
    """Save a choice about a conflict that the proposal has, and have the merge done again with it.

    `seen` is the version that `actor` saw as current, 0 for none. Raises RefusedError for what is
    not offered, ChosenMeanwhileError where another version is current now.
    """
    now = _open(proposal)
    about = find_conflict(now, conflict)
    if about is None:
        raise RefusedError("There is no such conflict any more; look at the conflicts as they are now.")
    kept = checked(about, choice)
    current = _seen(now, conflict, seen)
    if current and current.choice == kept and current.note == note:
        return current
    return _write(actor, now, current, conflict, kept, _about(about), note)


@transaction.atomic
def take_back(actor: User, proposal: Proposal, conflict: str, *, seen: int) -> Resolution:
    """Choose nothing any more. Raises as `choose` does, and where nothing is chosen."""
    now = _open(proposal)
    current = _seen(now, conflict, seen)
    if current is None or current.choice is None:
        raise RefusedError("Nothing is chosen there.")
    return _write(actor, now, current, conflict, None, current.about, "")


def _open(proposal: Proposal) -> Proposal:
    now = lock(proposal)
    if now.state == State.QUEUED:
        raise RefusedError(f"#{now.number} is queued; take it out of the queue to choose otherwise.")
    if now.state != State.OPEN:
        raise RefusedError(f"#{now.number} is {now.state}; there is nothing to choose any more.")
    return now


def _seen(proposal: Proposal, conflict: str, seen: int) -> Resolution | None:
    """The current version. The lock on the proposal keeps it until the end of the transaction."""
    found = Resolution.objects.filter(proposal=proposal, conflict=conflict, is_current=True)
    current = found.select_related("author").first()
    if current and current.version != seen:
        raise ChosenMeanwhileError(current)
    return current


def _write(
    actor: User,
    proposal: Proposal,
    current: Resolution | None,
    conflict: str,
    choice: Mapping[str, Any] | None,
    about: Mapping[str, Any],
    note: str,
) -> Resolution:
    if current:
        Resolution.objects.filter(pk=current.pk).update(is_current=False)
    made = Resolution.objects.create(
        proposal=proposal,
        conflict=conflict,
        version=current.version + 1 if current else 1,
        choice=choice,
        about=dict(about),
        note=note,
        author=actor,
    )
    kind = "resolved" if choice else "unresolved"
    record(
        proposal,
        kind,
        actor,
        conflict=conflict,
        object=about["name"],
        choice=told(choice),
        resolution=made.pk,
    )
    subscribe(proposal, actor)
    meet(proposal)
    return made


def _about(conflict: Mapping[str, Any]) -> dict[str, Any]:
    """The conflict as it was seen, by which the choice is offered again once a side has changed."""
    kept = ("kind", "object", "attribute", "base", "ours", "theirs", "name")
    return {key: conflict[key] for key in kept}
