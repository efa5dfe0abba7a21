"""Wishing a merged proposal undone, and what a worker makes of the wish."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.checks.actions import BACKOFF_S, enqueue, first_line
from apps.proposals.actions.lifecycle import lock
from apps.proposals.models import REVERTING, Proposal, Revert, RevertState, State
from apps.proposals.timeline import record

TASK = "worker.revert"
SILENCE_S = 15
MAX_ATTEMPTS = 3


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
    due = Q(retry_at=None) | Q(retry_at__lte=timezone.now())
    claimed = Revert.objects.filter(due, pk=revert_id, state=RevertState.WAITING).update(
        state=RevertState.RUNNING,
        claimed_by=worker,
        heartbeat_at=timezone.now(),
        attempts=F("attempts") + 1,
    )
    if not claimed:
        return None
    loaded = Revert.objects.select_related("proposal__project__team", "proposal__branch", "by")
    return loaded.get(pk=revert_id)


def heartbeat(revert: Revert) -> bool:
    return bool(_claimed(revert).update(heartbeat_at=timezone.now()))


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
    if revert.attempts > len(BACKOFF_S):
        return refuse(revert, f"{error}\nBraid tried {revert.attempts} times.")
    wait = timedelta(seconds=BACKOFF_S[min(revert.attempts, len(BACKOFF_S)) - 1])
    reason = f"waiting for a sandbox: {first_line(error)}"
    waits: dict[str, Any] = {"state": RevertState.WAITING, "claimed_by": "", "reason": reason}
    return bool(_claimed(revert).update(retry_at=timezone.now() + wait, **waits))


def sweep(now: datetime | None = None) -> int:
    """Take back what a dead worker had, and enqueue what waits; how many those are."""
    now = now or timezone.now()
    silent = Q(state=RevertState.RUNNING, heartbeat_at__lt=now - timedelta(seconds=SILENCE_S))
    for revert in Revert.objects.filter(silent).select_related("proposal"):
        if revert.attempts >= MAX_ATTEMPTS:
            refuse(revert, f"It was started {revert.attempts} times and the worker died each time.")
        else:
            _claimed(revert).update(state=RevertState.WAITING, claimed_by="")
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    waiting = list(
        Revert.objects.filter(due, state=RevertState.WAITING).order_by("pk").values_list("pk", flat=True)
    )
    for revert_id in waiting:
        enqueue(TASK, revert_id)
    return len(waiting)


def _end(revert: Revert, state: RevertState, **values: Any) -> int:
    return int(_claimed(revert).update(state=state, claimed_by="", ended_at=timezone.now(), **values))


def _claimed(revert: Revert) -> Any:
    return Revert.objects.filter(pk=revert.pk, state=RevertState.RUNNING, claimed_by=revert.claimed_by)
