"""Wishing a merged proposal undone, and what a worker makes of the wish."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.jobs import claims
from apps.jobs.messages import enqueue, remind
from apps.proposals.actions.lifecycle import lock
from apps.proposals.models import REVERTING, Proposal, Revert, RevertState, State
from apps.proposals.timeline import record

TASK = "worker.revert"


@transaction.atomic
def want_revert(actor: User, proposal: Proposal) -> Revert:
    """Ask for a proposal with the way back. Raises RefusedError for what is not merged, or asked for already."""
    now = lock(proposal)
    if now.state != State.MERGED or not now.merged_commit:
        raise RefusedError(f"#{now.number} is {now.state}; only what is merged can be reverted.")
    open_one = Proposal.objects.filter(reverts=now, state__in=(State.OPEN, State.QUEUED)).first()
    if open_one:
        raise RefusedError(f"#{open_one.number} reverts it already.")
    if Revert.objects.filter(proposal=now, state__in=REVERTING).exists():
        raise RefusedError("A worker is finding the way back; it is proposed in a moment.")
    wanted = Revert.objects.create(proposal=now, by=actor)
    record(now, "revert_wanted", actor)
    enqueue(TASK, wanted.pk)
    return wanted


def claim(revert_id: int, worker: str) -> Revert | None:
    """Take the wish, or None when somebody else has it, it is fulfilled, or its time has not come."""
    if not claims.claim(Revert, revert_id, worker):
        return None
    loaded = Revert.objects.select_related("proposal__project__team", "proposal__branch", "by")
    return loaded.get(pk=revert_id)


@transaction.atomic
def fulfil(revert: Revert, made: Proposal) -> bool:
    """The way back is proposed."""
    now = lock(revert.proposal)
    done = bool(_end(revert, RevertState.DONE, made=made))
    if done:
        record(now, "reverted", revert.by, number=made.number)
    return done


@transaction.atomic
def refuse(revert: Revert, reason: str) -> bool:
    """There is no way back, and why."""
    now = lock(revert.proposal)
    ended = bool(_end(revert, RevertState.REFUSED, reason=reason))
    if ended:
        record(now, "revert_refused", reason=reason)
    return ended


def postpone(revert: Revert, error: str) -> bool:
    """The sandboxes are down: wait, longer each time, and give up after the last wait."""
    if claims.is_last_setback(revert):
        return refuse(revert, f"{error}\nBraid tried {claims.tries(revert)} times.")
    return claims.put_off(revert, reason=claims.waits_for_sandbox(error))


def sweep(now: datetime | None = None) -> int:
    """Take back what a dead worker had, and wake workers for what waits; how many those are."""
    now = now or timezone.now()
    for revert in claims.silent(Revert, now).select_related("proposal"):
        if claims.is_worn_out(revert):
            refuse(revert, f"It was started {revert.attempts} times and the worker died each time.")
        else:
            claims.put_back(revert)
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    waiting = Revert.objects.filter(due, state=RevertState.WAITING)
    return remind(TASK, waiting.order_by("pk").values_list("pk", flat=True))


def _end(revert: Revert, state: RevertState, **values: Any) -> int:
    return int(claims.held(revert).update(state=state, claimed_by="", ended_at=timezone.now(), **values))
